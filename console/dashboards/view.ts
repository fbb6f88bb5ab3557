import { z } from 'zod';
import { colorOf } from '../../monitoring/dashboards/palette.ts';
import type { Alarms } from '../../local/aws/cloudwatch/alarms.ts';
import { renderMarkdown } from '../markdown.ts';
import type { DashboardView, LineView, PlotView, WidgetView } from '../wire.ts';
import {
  alarmPropertiesSchema,
  dashboardBodySchema,
  expandRows,
  metricPropertiesSchema,
  textPropertiesSchema,
  type MetricProperties,
} from './body.ts';
import { queriesOf, type SeriesList } from './series.ts';

export interface ViewOptions {
  series: SeriesList;
  /** For widgets that draw an alarm. */
  alarms: Alarms;
}

type Content = { title: string } & (
  | { kind: 'plot'; plot: PlotView }
  | { kind: 'number'; lines: LineView[] }
  | { kind: 'text'; html: string }
  | { kind: 'alarms'; names: string[] }
);

const limitColor = '#d62728';

/**
 * Reads a dashboard's body into what is drawn. A widget that the console doesn't draw is refused by name
 * in its own place; the others are drawn.
 * @throws ZodError when the body is no dashboard's.
 */
export function dashboardView(
  name: string,
  title: string,
  body: string,
  options: ViewOptions,
): DashboardView {
  const { widgets } = dashboardBodySchema.parse(JSON.parse(body));
  return {
    name,
    title,
    widgets: widgets.map(({ type, properties, ...place }): WidgetView => {
      try {
        return { ...place, ...contentOf(type, properties, options) };
      } catch (error) {
        const { title: own } = properties;
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
        return {
          ...place,
          title: typeof own === 'string' ? own : type,
          kind: 'refused',
          reason: `This ${type} widget is not drawn here: ${reason}`,
        };
      }
    }),
  };
}

function contentOf(type: string, properties: unknown, options: ViewOptions): Content {
  switch (type) {
    case 'metric': {
      const widget = metricPropertiesSchema.parse(properties);
      const [alarm] = widget.annotations.alarms;
      const lines = alarm === undefined ? linesOf(widget, options) : [alarmLine(alarm, options)];
      return widget.view === 'singleValue'
        ? { title: widget.title, kind: 'number', lines }
        : { title: widget.title, kind: 'plot', plot: plotOf(widget, lines, options) };
    }
    case 'text': {
      const { markdown } = textPropertiesSchema.parse(properties);
      return { title: '', kind: 'text', html: renderMarkdown(markdown, ownLink) };
    }
    case 'alarm': {
      const { title, alarms } = alarmPropertiesSchema.parse(properties);
      return { title, kind: 'alarms', names: alarms.map(nameOfArn) };
    }
    default:
      throw new Error(`type "${type}"; expected metric, text or alarm`);
  }
}

function plotOf(widget: MetricProperties, lines: LineView[], options: ViewOptions): PlotView {
  const { left, right } = widget.yAxis;
  const { horizontal, vertical, alarms } = widget.annotations;
  const thresholds = alarms.map((arn) => {
    const { rule } = alarmOf(arn, options).definition;
    return { value: rule.threshold, label: 'threshold', color: limitColor, axis: 'left' as const };
  });
  return {
    lines,
    left: left ? axisOf(left) : { label: '', min: null, max: null },
    right: right && lines.some(({ axis }) => axis === 'right') ? axisOf(right) : null,
    horizontal: [
      ...horizontal
        .filter(({ visible }) => visible)
        .map(({ value, label, color, yAxis }) => ({ value, label, color: color ?? null, axis: yAxis })),
      ...thresholds,
    ],
    vertical: vertical
      .filter(({ visible }) => visible)
      .map(({ value, label, color }) => ({ timeMs: Date.parse(value), label, color: color ?? null })),
  };
}

const axisOf = ({ label, min, max }: { label: string; min: number | null; max: number | null }) => ({
  label,
  min,
  max,
});

function linesOf(widget: MetricProperties, { series }: ViewOptions): LineView[] {
  const rows = expandRows(widget.metrics);
  return [...queriesOf(rows, widget)].map(([index, queries]) => {
    const { path = [], options } = rows[index] ?? {};
    return {
      series: series.indexOf(queries),
      label: options?.label ?? path[1] ?? options?.expression ?? '',
      color: options?.color ?? colorOf(index),
      axis: options?.yAxis ?? 'left',
    };
  });
}

function alarmLine(arn: string, options: ViewOptions): LineView {
  const { definition } = alarmOf(arn, options);
  return {
    series: options.series.indexOf(definition.queries),
    label: definition.properties.MetricName ?? definition.properties.AlarmName,
    color: colorOf(0),
    axis: 'left',
  };
}

function alarmOf(arn: string, { alarms }: ViewOptions) {
  const name = nameOfArn(arn);
  const alarm = alarms.all().find(({ definition }) => definition.properties.AlarmName === name);
  if (!alarm) throw new Error(`annotations.alarms: no alarm "${name}"`);
  return alarm;
}

/** A link to another dashboard, as the AWS console's addresses have it, leads to that one here. */
const ownLink = (href: string): string => href.replace(/^#dashboards:name=([\w-]+)$/, '#/dashboard/$1');

const nameOfArn = (arn: string): string => arn.split(':alarm:')[1] ?? arn;
