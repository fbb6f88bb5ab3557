import {
  Color,
  MathExpression,
  type HorizontalAnnotation,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMetricGroup } from 'cdk-monitoring-constructs';
import { cloudWatchMetric } from '../cloudWatchMetric.ts';
import { limits } from '../limits.ts';
import type { Measurement, Signal } from '../signals.ts';

/** One system's line in a widget. */
export interface Line {
  system: string;
  measurement: Measurement;
}

type Drawn = CustomMetricGroup['metrics'][number];

/** Systems in one group: as many lines as a reader can still tell apart. */
const groupSize = 10;

/** CloudWatch's own ten, in its order. A system keeps its colour in every widget. */
const palette = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
] as const;

/** Widgets of a row's second and later lines: three beside each other in CloudWatch's 24 columns. */
const groupWidth = 8;
const fullWidth = 24;

/**
 * The widgets of one metric: all systems together, then groups of ten, in the given order.
 * @param lines the same measurement of every system; at least one.
 */
export function metricGroups(lines: readonly Line[]): CustomMetricGroup[] {
  const drawn = lines.map((line, index) => draw(line, index));
  const { measurement } = lines[0]!;
  const { title } = measurement;
  const shared = { graphWidgetAxis: axisOf(measurement), horizontalAnnotations: lineOf(measurement) };
  const groups: CustomMetricGroup[] = [
    { ...shared, title: `${title}: all systems`, graphWidgetWidth: fullWidth, metrics: drawn },
  ];
  for (let first = 0; first < lines.length; first += groupSize) {
    const last = Math.min(first + groupSize, lines.length) - 1;
    groups.push({
      ...shared,
      title: `${title}: ${lines[first]!.system} to ${lines[last]!.system}`,
      graphWidgetWidth: groupWidth,
      metrics: drawn.slice(first, last + 1),
    });
  }
  return groups;
}

/** A share of 1 that is drawn as AWS publishes it. */
const isFraction = (measurement: Measurement): boolean => measurement.fullScale === 1;

/**
 * A share of a capacity is drawn in percent, by metric math, since capacities differ between systems.
 * A fraction is not: it would be a second metric a line, and 200 systems would then pass the 2,500
 * metrics CloudWatch accepts on a dashboard.
 */
function draw({ system, measurement }: Line, index: number): Drawn {
  const color = palette[index % palette.length]!;
  const metric = cloudWatchMetric(measurement);
  if (measurement.fullScale === undefined || isFraction(measurement)) {
    return metric.with({ label: system, color });
  }
  return new MathExpression({
    expression: `100 * m${index} / ${measurement.fullScale}`,
    usingMetrics: { [`m${index}`]: metric },
    label: system,
    color,
    period: metric.period,
  });
}

const axes: Record<Measurement['unit'], YAxisProps> = {
  percent: { min: 0, max: 100, label: '%', showUnits: false },
  milliseconds: { min: 0, label: 'ms', showUnits: false },
  perSecond: { min: 0, label: '1/s', showUnits: false },
  count: { min: 0, label: 'count', showUnits: false },
};

/** From zero: what a widget cuts off below looks like a drop. */
const axisOf = (measurement: Measurement): YAxisProps =>
  isFraction(measurement) ? { min: 0, label: 'share, 0–1', showUnits: false } : axes[measurement.unit];

/** The one line at which the reserve is gone; none for what has no limit. */
function lineOf(measurement: Measurement): HorizontalAnnotation[] {
  const limit = limitPercentOf(measurement);
  if (limit === undefined) return [];
  return [{ value: isFraction(measurement) ? limit / 100 : limit, label: `${limit} %`, color: Color.RED }];
}

function limitPercentOf(measurement: Measurement): number | undefined {
  if ('limit' in measurement) return (measurement as Signal).limit;
  return measurement.unit === 'percent' ? limits.utilizationPercent : undefined;
}
