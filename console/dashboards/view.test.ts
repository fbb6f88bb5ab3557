import { describe, expect, it } from 'vitest';
import { Alarms } from '../../local/aws/cloudwatch/alarms.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { exampleSystems, synthesizeMonitoring } from '../testing/consoleBench.ts';
import type { WidgetView } from '../wire.ts';
import { SeriesList } from './series.ts';
import { dashboardView } from './view.ts';

const account = { region: 'us-east-1', accountId: '000000000000' };
const place = { x: 0, y: 0, width: 12, height: 5 };

function viewOf(
  widgets: unknown[],
  alarms = new Alarms({ ...account, metrics: new MetricStore(), publish: async () => undefined }),
) {
  const series = new SeriesList();
  const body = JSON.stringify({ widgets });
  return { series, widgets: dashboardView('board', 'Board', body, { series, alarms }).widgets };
}

const metric = (properties: object): object => ({ type: 'metric', ...place, properties });
const refusal = (widget: WidgetView | undefined): string =>
  widget?.kind === 'refused' ? widget.reason : `kind ${widget?.kind}`;

it('draws everything on the dashboards of 50 systems, each series once, a system in one colour', () => {
  const systems = exampleSystems(50);
  const alarms = new Alarms({ ...account, metrics: new MetricStore(), publish: async () => undefined });
  const colors = new Map<string, Set<string>>();
  for (const [name, body] of synthesizeMonitoring(systems).dashboards) {
    const series = new SeriesList();
    const { widgets } = dashboardView(name, name, body, { series, alarms });
    expect(widgets.filter(({ kind }) => kind === 'refused')).toEqual([]);
    const plots = widgets.filter((widget) => widget.kind === 'plot');
    const whole = plots.filter(({ title }) => title.endsWith(': all systems'));
    // Once over all systems and once in its group of ten: the same series.
    const drawn = (some: typeof plots) => some.flatMap(({ plot }) => plot.lines.map((line) => line.series));
    if (whole.length === 0) continue;
    expect(plots).toHaveLength(6 * whole.length);
    expect(new Set(drawn(plots))).toEqual(new Set(drawn(whole)));
    expect(series.all()).toHaveLength(50 * whole.length);
    for (const { label, color } of whole.flatMap(({ plot }) => plot.lines)) {
      colors.set(label, (colors.get(label) ?? new Set()).add(color));
    }
  }
  expect([...colors.keys()].sort()).toEqual(systems.map(({ system }) => system));
  expect([...colors.values()].every(({ size }) => size === 1)).toBe(true);
});

describe('a metric widget', () => {
  it('has its axes, annotations and lines; hidden metrics only serve expressions', () => {
    const { widgets, series } = viewOf([
      metric({
        title: 'Use',
        period: 60,
        stat: 'Maximum',
        metrics: [
          ['AWS/Redshift', 'DatabaseConnections', 'ClusterIdentifier', 'c', { id: 'used', visible: false }],
          [{ expression: '100 * used / 50', label: 'share', color: '#123456' }],
          ['AWS/Lambda', 'Errors', { yAxis: 'right', stat: 'Sum' }],
        ],
        yAxis: { left: { label: '%', min: 0, max: 100 }, right: { label: 'count' } },
        annotations: {
          horizontal: [
            { value: 80, label: '80 %' },
            { value: 90, visible: false },
          ],
          vertical: [{ value: '2026-11-03T12:00:00Z', label: 'deployed' }],
        },
      }),
    ]);
    expect(widgets[0]).toMatchObject({
      title: 'Use',
      kind: 'plot',
      plot: {
        lines: [
          { label: 'share', color: '#123456', axis: 'left' },
          { label: 'Errors', axis: 'right' },
        ],
        left: { label: '%', min: 0, max: 100 },
        right: { label: 'count', min: null, max: null },
        horizontal: [{ value: 80, label: '80 %' }],
        vertical: [{ timeMs: Date.UTC(2026, 10, 3, 12), label: 'deployed' }],
      },
    });
    expect(series.all()[0]?.queries[0]?.Expression).toBe('100 * q1 / 50');
    expect(series.all().map(({ queries }) => queries.map(({ Id }) => Id))).toEqual([['q0', 'q1'], ['q0']]);
  });

  it('draws an alarm with its threshold', () => {
    const alarms = new Alarms({ ...account, metrics: new MetricStore(), publish: async () => undefined });
    const { arn } = alarms.add(
      {
        AlarmName: 'cpu',
        Namespace: 'AWS/Redshift',
        MetricName: 'CPUUtilization',
        Statistic: 'Maximum',
        Period: 10,
        EvaluationPeriods: 3,
        Threshold: 80,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      },
      0,
    );
    const { widgets } = viewOf([metric({ annotations: { alarms: [arn] } })], alarms);
    expect(widgets[0]).toMatchObject({
      kind: 'plot',
      plot: { lines: [{ label: 'CPUUtilization' }], horizontal: [{ value: 80, label: 'threshold' }] },
    });
  });

  it.each([
    ['an unknown property', { metrics: [], sparkle: true }, 'sparkle'],
    ['stacked areas', { metrics: [['A', 'b']], stacked: true }, 'stacked'],
    ['another view', { metrics: [['A', 'b']], view: 'pie' }, 'view'],
    ['a search', { metrics: [[{ expression: "SEARCH('x', 'Sum', 60)" }]] }, 'SEARCH'],
    ['a dimension without a value', { metrics: [['A', 'b', 'System']] }, 'Value'],
  ])('with %s is refused by name, in its place', (_, properties, name) => {
    const { widgets } = viewOf([metric({ title: 'Odd', ...properties }), metric({ metrics: [['A', 'b']] })]);
    expect(widgets[0]).toMatchObject({ ...place, title: 'Odd' });
    expect(refusal(widgets[0])).toContain(name);
    expect(widgets[1]?.kind).toBe('plot');
  });
});

it('refuses a type of widget it does not know', () => {
  const { widgets } = viewOf([{ type: 'explorer', ...place, properties: {} }]);
  expect(refusal(widgets[0])).toContain('type "explorer"; expected metric, text or alarm');
});

it('shows HTML in Markdown as text, and links that run scripts as none', () => {
  const markdown =
    '# Title\n<script>alert(1)</script>\n\n<b>bold</b> [x](javascript:alert(1)) [y](https://a.example) [z](#dashboards:name=local-fleet-database)';
  const { widgets } = viewOf([{ type: 'text', ...place, properties: { markdown } }]);
  const html = widgets[0]?.kind === 'text' ? widgets[0].html : '';
  expect(html).toContain('<h1>Title</h1>');
  expect(html).toContain('&lt;b&gt;');
  expect(html).not.toMatch(/<script|<b>|href="javascript/);
  expect(html).toContain('href="https://a.example"');
  expect(html).toContain('href="#/dashboard/local-fleet-database"');
});

it('names the alarms of an alarm widget', () => {
  const { widgets } = viewOf([
    { type: 'alarm', ...place, properties: { title: 'Mine', alarms: ['arn:aws:cloudwatch:r:a:alarm:one'] } },
  ]);
  expect(widgets[0]).toMatchObject({ kind: 'alarms', title: 'Mine', names: ['one'] });
});
