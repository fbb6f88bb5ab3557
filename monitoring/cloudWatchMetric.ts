import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Measurement } from './measurement.ts';

/**
 * The measurement as CDK's metric, without a label: a labelled metric would turn an alarm's plain
 * `MetricName` into a `Metrics` list. One that is compared with another metric is a metric math in percent.
 */
export function cloudWatchMetric(measurement: Measurement): Metric | MathExpression {
  const metric = plainMetric(measurement);
  const { capacityRate, math, periodSeconds } = measurement;
  if (math) {
    const others = Object.entries(math.others ?? {}).map(([id, other]) => [id, plainMetric(other)]);
    return new MathExpression({
      expression: math.expression,
      usingMetrics: { it: metric, ...(Object.fromEntries(others) as Record<string, Metric>) },
      period: Duration.seconds(periodSeconds),
    });
  }
  if (!capacityRate) return metric;
  return new MathExpression({
    // CloudWatch counts what one of both lacks as zero: a load that is yet to come would be none.
    expression: `IF(load >= 0 AND peak > 0, 100 * load / ${periodSeconds} / peak)`,
    usingMetrics: { load: metric, peak: plainMetric(capacityRate) },
    period: Duration.seconds(periodSeconds),
  });
}

/** The metric alone, as it is published. */
export const plainMetric = (measurement: Measurement): Metric =>
  new Metric({
    namespace: measurement.namespace,
    metricName: measurement.metricName,
    dimensionsMap: { ...measurement.dimensions },
    statistic: measurement.statistic,
    period: Duration.seconds(measurement.periodSeconds),
  });
