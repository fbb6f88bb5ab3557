import {
  Color,
  MathExpression,
  type HorizontalAnnotation,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CustomMetricGroup } from 'cdk-monitoring-constructs';
import { mathMetric, plainMetric } from '../cloudWatchMetric.ts';
import { limits } from '../limits.ts';
import type { Measurement, Watch } from '../measurement.ts';
import { mathInputs } from '../metricQueries.ts';
import { colorOf } from './palette.ts';

/** One system's line in a widget. */
export interface Line {
  system: string;
  /** Of the system in the fleet, which gives it its colour. */
  place: number;
  measurement: Measurement;
}

type Drawn = CustomMetricGroup['metrics'][number];

/** Systems in one group: as many lines as a reader can still tell apart. */
const groupSize = 10;

/** Metrics that CloudWatch accepts in one widget, with the inputs of metric math. */
const metricsAWidget = 500;

/** Widgets of a row's second and later lines: three beside each other in CloudWatch's 24 columns. */
const groupWidth = 8;
const fullWidth = 24;

/**
 * The widgets of one metric: all systems together, in as few as take them, then, of more than ten, groups of ten
 * in the given order: one group alone would draw the same again.
 * @param lines the same measurement of every system; at least one.
 */
export function metricGroups(lines: readonly Line[]): CustomMetricGroup[] {
  const drawn = lines.map(draw);
  const { measurement } = lines[0]!;
  const { title } = measurement;
  const shared = { graphWidgetAxis: axisOf(measurement), horizontalAnnotations: lineOf(measurement) };
  const groups: CustomMetricGroup[] = [];
  const linesAWidget = Math.floor(metricsAWidget / metricsALine(measurement));
  for (let first = 0; first < lines.length; first += linesAWidget) {
    const part = lines.length > linesAWidget ? `, part ${first / linesAWidget + 1}` : '';
    groups.push({
      ...shared,
      title: `${title}: all systems${part}`,
      graphWidgetWidth: fullWidth,
      metrics: drawn.slice(first, first + linesAWidget),
    });
  }
  for (let first = 0; hasGroups(lines) && first < lines.length; first += groupSize) {
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

const hasGroups = (lines: readonly Line[]): boolean => lines.length > groupSize;

/** A share of 1 that is drawn as AWS publishes it. */
const isFraction = (measurement: Measurement): boolean => measurement.capacity === 1;

/** Metrics that `metricGroups` puts on a dashboard, with the inputs of metric math. */
export const metricsDrawn = (lines: readonly Line[]): number =>
  (hasGroups(lines) ? 2 : 1) * lines.reduce((sum, { measurement }) => sum + metricsALine(measurement), 0);

function metricsALine(measurement: Measurement): number {
  if (measurement.capacityRate) return 3;
  if (measurement.math) return 1 + mathInputs(measurement).length;
  return isShareOfCapacity(measurement) ? 2 : 1;
}

const isShareOfCapacity = (measurement: Measurement): boolean =>
  measurement.capacity !== undefined && !isFraction(measurement);

/**
 * A share of a capacity is drawn in percent, by metric math, since capacities differ between systems.
 * A fraction is not: it would be a second metric a line, of the 2,500 that a dashboard may have.
 */
function draw({ system, measurement, place }: Line): Drawn {
  const look = { label: system, color: colorOf(place) };
  const metric = plainMetric(measurement);
  if (measurement.capacityRate) {
    return new MathExpression({
      expression: `100 * m${place} / ${measurement.periodSeconds} / p${place}`,
      usingMetrics: { [`m${place}`]: metric, [`p${place}`]: plainMetric(measurement.capacityRate) },
      ...look,
      period: metric.period,
    });
  }
  if (measurement.math) return mathMetric(measurement, (name) => `${name}${place}`).with(look);
  if (!isShareOfCapacity(measurement)) return metric.with(look);
  return new MathExpression({
    expression: `${measurement.remaining ? '100 - ' : ''}100 * m${place} / ${measurement.capacity}`,
    usingMetrics: { [`m${place}`]: metric },
    ...look,
    period: metric.period,
  });
}

/** What of a whole can be used, and no more. */
const wholePercent = 100;

const axes: Record<Measurement['unit'], YAxisProps> = {
  percent: { min: 0, max: wholePercent, label: '%', showUnits: false },
  milliseconds: { min: 0, label: 'ms', showUnits: false },
  perSecond: { min: 0, label: '1/s', showUnits: false },
  count: { min: 0, label: 'count', showUnits: false },
  seconds: { min: 0, label: 's', showUnits: false },
  score: { min: 0, showUnits: false },
};

/**
 * From zero: what a widget cuts off below looks like a drop. To the whole, where nothing is above it: a limit at the
 * whole, or a metric that is compared with another, says that there may be.
 */
function axisOf(measurement: Measurement): YAxisProps {
  if (isFraction(measurement)) return { min: 0, label: 'share, 0–1', showUnits: false };
  const { max, ...open } = axes[measurement.unit];
  const limit = limitOf(measurement);
  const mayExceed = measurement.capacityRate !== undefined || (limit !== undefined && limit >= wholePercent);
  return max === undefined || mayExceed ? open : { ...open, max };
}

/** The one line at which the reserve is gone; none for what has no limit. */
function lineOf(measurement: Measurement): HorizontalAnnotation[] {
  const limit = limitOf(measurement);
  if (limit === undefined) return [];
  const label = `${limit}${measurement.unit === 'percent' ? ' %' : ` ${axes[measurement.unit].label}`}`;
  return [{ value: isFraction(measurement) ? limit / 100 : limit, label, color: Color.RED }];
}

function limitOf(measurement: Measurement): number | undefined {
  if ('limit' in measurement) return (measurement as Watch).limit;
  return measurement.unit === 'percent' ? limits.utilizationPercent : undefined;
}
