import { describe, expect, it } from 'vitest';
import { adoptedSystem } from '../testing/adoptedAlarms.ts';
import { bodies, type Widget } from './testing/bodies.ts';

const graphs = (widgets: readonly Widget[]) => widgets.filter(({ type }) => type === 'metric');
const perMetric = (widgets: readonly Widget[]) =>
  graphs(widgets).filter(({ properties }) => properties.title.includes(': '));
const visible = ({ properties }: Widget) =>
  properties.metrics
    .map((metric) => metric.at(-1) as { label: string; color: string; visible?: boolean })
    .filter((options) => options.visible !== false);

const drawnMetrics = [
  'Requests',
  'Error rate',
  'Duration p99',
  'API function concurrency',
  'API function memory',
  'Subscriber concurrency',
  'Subscriber memory',
  'Age of the oldest message',
  'Duration p95',
  'Duration p50',
  'Load, share of the proven peak',
  'Messages, share of the proven peak',
  'Messages given up',
  'Messages SNS could not deliver',
  'Repeated errors of the API',
  'Repeated errors of the subscriber',
  'Database CPU',
  'Database memory (estimate)',
  'Database disk',
  'Database connections',
  'SELECTs a second',
  'Wait before a statement runs',
  'Connections, seen by the probe',
];

describe.each([
  { systems: 3, groups: 0, more: [] },
  { systems: 10, groups: 0, more: [] },
  { systems: 11, groups: 2, more: [] },
  { systems: 50, groups: 5, more: [] },
  {
    systems: 200,
    groups: 20,
    more: ['application-2', 'application-3', 'application-4', 'database-2'].map((kind) => `qa-fleet-${kind}`),
  },
])('dashboards of $systems systems', ({ systems, groups, more }) => {
  const dashboards = bodies(systems);
  const all = [...dashboards.values()].flatMap(({ widgets }) => widgets);

  it('are an overview and two more, and further ones where there is no room', () => {
    expect([...dashboards.keys()].sort()).toEqual(
      ['qa-fleet-overview', 'qa-fleet-application', 'qa-fleet-database', ...more].sort(),
    );
  });

  it('draw each metric once over all systems and, of more than ten, once a group of ten', () => {
    const titles = perMetric(all).map(({ properties }) => properties.title);
    for (const metric of drawnMetrics) {
      const drawn = titles.filter((title) => title.startsWith(`${metric}: `));
      const whole = perMetric(all).filter(({ properties }) =>
        properties.title.startsWith(`${metric}: all systems`),
      );
      expect(drawn, metric).toHaveLength(whole.length + groups);
      expect(whole.flatMap(visible)).toHaveLength(systems);
    }
    expect(new Set(titles.map((title) => title.split(': ')[0]))).toEqual(new Set(drawnMetrics));
  });

  it("stay within CloudWatch's limits", () => {
    for (const [name, { widgets }] of dashboards) {
      const metrics = graphs(widgets).map(({ properties }) => properties.metrics.length);
      expect(widgets.length, name).toBeLessThanOrEqual(500);
      expect(Math.max(...metrics), name).toBeLessThanOrEqual(500);
      expect(
        metrics.reduce((sum, count) => sum + count, 0),
        name,
      ).toBeLessThanOrEqual(2_500);
      const tiles = widgets.map(({ properties }) => properties.alarms?.length ?? 0);
      expect(Math.max(...tiles), name).toBeLessThanOrEqual(100);
    }
  });

  it('are in a stack by their names alone', () => {
    for (const [name, { stack }] of dashboards) {
      const [, page] = /-(\d)$/.exec(name) ?? [];
      expect(stack, name).toBe(page === undefined ? 'fleet' : `further-${page}`);
    }
  });

  it('link to each other, from the first widget', () => {
    for (const { widgets } of dashboards.values()) {
      expect(widgets[0]!.type).toBe('text');
      for (const name of dashboards.keys()) {
        expect(widgets[0]!.properties.markdown).toContain(`(#dashboards:name=${name})`);
      }
    }
  });

  it('have a tile a system on the overview, who is unhealthy and who stands out', () => {
    const { widgets } = dashboards.get('qa-fleet-overview')!;
    const tiles = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    for (const id of ['page', 'pageMessages', 'ticket']) {
      expect(tiles.filter((tile) => tile.endsWith(`-${id}`))).toHaveLength(systems);
    }
    const titles = graphs(widgets).map(({ properties }) => properties.title);
    expect(titles).toEqual([
      'Unhealthy hosts',
      'Databases the probe had no time for',
      'Which hosts are unhealthy',
      'Who stands out (robust z-score)',
    ]);
    for (const widget of graphs(widgets).slice(2)) expect(visible(widget)).toHaveLength(systems);
  });

  it('draw one limit a widget, and none where there is none', () => {
    const limitsOf = new Map<string, string[]>();
    for (const { properties } of perMetric(all)) {
      const labels = (properties.annotations?.horizontal ?? []).map(({ label }) => label);
      const title = properties.title.split(': ')[0]!;
      expect(limitsOf.get(title) ?? labels).toEqual(labels);
      limitsOf.set(title, labels);
    }
    expect(Object.fromEntries([...limitsOf].filter(([, labels]) => labels.length > 0))).toEqual({
      'Error rate': ['1 %'],
      'Duration p99': ['1000 ms'],
      'Age of the oldest message': ['900 s'],
      'API function concurrency': ['80 %'],
      'API function memory': ['80 %'],
      'Subscriber concurrency': ['80 %'],
      'Subscriber memory': ['80 %'],
      'Load, share of the proven peak': ['100 %'],
      'Messages, share of the proven peak': ['100 %'],
      'Messages given up': ['1 count'],
      'Messages SNS could not deliver': ['1 count'],
      'Repeated errors of the API': ['5 count'],
      'Repeated errors of the subscriber': ['5 count'],
      'Database CPU': ['80 %'],
      'Database memory (estimate)': ['80 %'],
      'Database disk': ['80 %'],
      'Database connections': ['80 %'],
      'Connections, seen by the probe': ['80 %'],
    });
  });

  it('give a system one colour and one place everywhere', () => {
    const colours = new Map<string, string>();
    for (const widget of graphs(all).filter(({ properties }) => properties.metrics.length > 1)) {
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
    for (const { widgets } of dashboards.values()) {
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

it('has a tile for each composite that a system has, and for none that it has not', () => {
  const apiUrl = 'https://clients.example';
  const tilesOf = (adopt: object) => {
    const { widgets } = bodies([adoptedSystem({ apiUrl, ...adopt })]).get('qa-fleet-overview')!;
    const tiles = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    return tiles.flatMap((tile) => /qa-legacy-(\w+)$/.exec(tile)?.[1] ?? []);
  };
  expect(tilesOf({ healthcheckUrl: `${apiUrl}/health` })).toEqual(['page']);
  expect(tilesOf({ database: { identifier: 'warehouse' } })).toEqual(['ticket']);
  expect(tilesOf({ apiName: 'clients' })).toEqual(['page', 'ticket']);
});

it('cuts nothing off above: the axis ends at the whole only where nothing is more', () => {
  const maxima = new Map<string, number | undefined>();
  for (const { widgets } of bodies(3).values()) {
    for (const { properties } of perMetric(widgets)) {
      const line = properties.annotations?.horizontal[0]?.value ?? 0;
      const { max } = properties.yAxis!.left;
      maxima.set(properties.title.split(': ')[0]!, max);
      expect(max ?? Infinity, properties.title).toBeGreaterThan(line);
    }
  }
  expect(maxima.get('Load, share of the proven peak')).toBeUndefined();
  expect(maxima.get('Database CPU')).toBe(100);
});

it('draws shares of a capacity in percent and a fraction as it is', () => {
  const [application, database] = ['qa-fleet-application', 'qa-fleet-database'].map((name) =>
    graphs(bodies(3).get(name)!.widgets),
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
