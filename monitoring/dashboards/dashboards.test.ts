import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { monitoredSystem } from '../../infra/names.ts';
import { addDashboards } from './dashboards.ts';

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    metrics: [...unknown[], { label: string; color: string; id?: string; visible?: boolean }][];
    annotations?: { horizontal: { value: number; label: string }[] };
  };
}

/** The region is the one thing a body leaves to the deployment. */
const resolve = (body: { 'Fn::Join': [string, (string | { Ref: 'AWS::Region' })[]] }): string =>
  body['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'us-east-1')).join('');

/** The two dashboards' bodies by name, as CloudWatch would get them. */
function bodies(count: number): Map<string, Widget[]> {
  const stack = new Stack(new App(), 'fleet', { env: { account: '111122223333', region: 'us-east-1' } });
  addDashboards(stack, {
    dashboardNames: { application: 'qa-fleet-application', database: 'qa-fleet-database' },
    periodSeconds: 60,
    systems: Array.from({ length: count }, (_, index) =>
      monitoredSystem('qa', `system-${String(index + 1).padStart(3, '0')}`, {
        connectionLimit: 500,
        apiReservedConcurrency: 10,
      }),
    ),
  });
  const template = Template.fromStack(stack);
  expect(
    Object.values(template.toJSON().Resources).map((resource) => (resource as { Type: string }).Type),
  ).toEqual(['AWS::CloudWatch::Dashboard', 'AWS::CloudWatch::Dashboard']);
  return new Map(
    Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) => [
      Properties.DashboardName,
      (JSON.parse(resolve(Properties.DashboardBody)) as { widgets: Widget[] }).widgets,
    ]),
  );
}

const graphs = (widgets: Widget[]) => widgets.filter(({ type }) => type === 'metric');
const visible = ({ properties }: Widget) =>
  properties.metrics
    .map((metric) => metric.at(-1) as { label: string; color: string; visible?: boolean })
    .filter((options) => options.visible !== false);

describe.each([
  { systems: 3, graphsEach: 5 * 2 },
  { systems: 50, graphsEach: 5 * 6 },
  { systems: 200, graphsEach: 5 * 21 },
])('dashboards of $systems systems', ({ systems, graphsEach }) => {
  const dashboards = bodies(systems);

  it('are two, each metric once over all systems and once a group of ten', () => {
    expect([...dashboards.keys()].sort()).toEqual(['qa-fleet-application', 'qa-fleet-database']);
    for (const widgets of dashboards.values()) {
      expect(graphs(widgets)).toHaveLength(graphsEach);
      const all = graphs(widgets).filter(({ properties }) => properties.title.endsWith(': all systems'));
      expect(all).toHaveLength(5);
      for (const widget of all) expect(visible(widget)).toHaveLength(systems);
    }
  });

  it("stay within CloudWatch's limits", () => {
    for (const widgets of dashboards.values()) {
      const metrics = graphs(widgets).map(({ properties }) => properties.metrics.length);
      expect(widgets.length).toBeLessThanOrEqual(500);
      expect(Math.max(...metrics)).toBeLessThanOrEqual(500);
      expect(metrics.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(2_500);
    }
  });

  it('draw one limit a widget, and none where there is none', () => {
    const limitsOf = new Map<string, string[]>();
    for (const { properties } of [...dashboards.values()].flatMap(graphs)) {
      const labels = (properties.annotations?.horizontal ?? []).map(({ label }) => label);
      const title = properties.title.split(':')[0]!;
      expect(limitsOf.get(title) ?? labels).toEqual(labels);
      limitsOf.set(title, labels);
    }
    expect(Object.fromEntries(limitsOf)).toEqual({
      Requests: [],
      'Error rate': ['1 %'],
      'Duration p99': [],
      'API function concurrency': ['80 %'],
      'API function memory': ['80 %'],
      'Database CPU': ['80 %'],
      'Database memory (estimate)': ['80 %'],
      'Database disk': ['80 %'],
      'Database connections': ['80 %'],
      'SELECTs a second': [],
    });
  });

  it('give a system one colour and one place everywhere', () => {
    const colours = new Map<string, string>();
    for (const widget of [...dashboards.values()].flatMap(graphs)) {
      const labels = visible(widget).map(({ label }) => label);
      expect(labels).toEqual(labels.toSorted());
      for (const { label, color } of visible(widget)) {
        expect(colours.get(label) ?? color).toBe(color);
        colours.set(label, color);
      }
    }
    expect(colours.size).toBe(systems);
  });

  it('do not overlap', () => {
    for (const widgets of dashboards.values()) {
      const cells = new Set<string>();
      for (const { x, y, width, height } of widgets) {
        expect(x + width).toBeLessThanOrEqual(24);
        for (let column = x; column < x + width; column += 1) {
          for (let row = y; row < y + height; row += 1) {
            expect(cells.has(`${column},${row}`)).toBe(false);
            cells.add(`${column},${row}`);
          }
        }
      }
    }
  });
});

it('draws shares of a capacity in percent and a fraction as it is', () => {
  const [application, database] = ['qa-fleet-application', 'qa-fleet-database'].map((name) =>
    graphs(bodies(3).get(name)!),
  );
  const widget = (widgets: Widget[] | undefined, title: string) =>
    widgets!.find(({ properties }) => properties.title === `${title}: all systems`)!.properties;
  expect(
    widget(database, 'Database connections').metrics.map(
      (metric) => (metric.at(-1) as { expression?: string }).expression ?? '',
    ),
  ).toContain('100 * m0 / 500');
  expect(widget(application, 'Error rate').annotations?.horizontal).toMatchObject([{ value: 0.01 }]);
  expect(widget(application, 'API function concurrency').annotations?.horizontal).toMatchObject([
    { value: 80 },
  ]);
});
