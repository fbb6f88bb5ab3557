import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Measurement } from './measurement.ts';
import { mathAmong, mathInputs } from './metricQueries.ts';

/**
 * The measurement as CDK's metric, without a label: a labelled metric would turn an alarm's plain
 * `MetricName` into a `Metrics` list. One that is compared with another metric is a metric math in percent.
 */
export function cloudWatchMetric(measurement: Measurement): Metric | MathExpression {
  if (measurement.math) return mathMetric(measurement, (name) => name);
  const metric = plainMetric(measurement);
  const { capacityRate, periodSeconds } = measurement;
  if (!capacityRate) return metric;
  return new MathExpression({
    // CloudWatch counts what one of both lacks as zero: a load that is yet to come would be none.
    expression: `IF(load >= 0 AND peak > 0, 100 * load / ${periodSeconds} / peak)`,
    usingMetrics: { load: metric, peak: plainMetric(capacityRate) },
    period: Duration.seconds(periodSeconds),
  });
}

/** A measurement's metric math, with its metrics under these ids. */
export const mathMetric = (measurement: Measurement, idOf: (name: string) => string): MathExpression =>
  new MathExpression({
    expression: mathAmong(measurement, idOf),
    usingMetrics: Object.fromEntries(
      mathInputs(measurement).map(([name, input]) => [idOf(name), plainMetric(input)]),
    ),
    period: Duration.seconds(measurement.periodSeconds),
  });

/** The metric alone, as it is published. */
export const plainMetric = (measurement: Measurement): Metric =>
  new Metric({
    namespace: measurement.namespace,
    metricName: measurement.metricName,
    dimensionsMap: { ...measurement.dimensions },
    statistic: measurement.statistic,
    period: Duration.seconds(measurement.periodSeconds),
  });
