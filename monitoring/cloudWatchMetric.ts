import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Measurement } from './signals.ts';

/**
 * The measurement as CDK's metric, without a label: a labelled metric would turn an alarm's plain
 * `MetricName` into a `Metrics` list.
 */
export const cloudWatchMetric = (measurement: Measurement): Metric =>
  new Metric({
    namespace: measurement.namespace,
    metricName: measurement.metricName,
    dimensionsMap: { ...measurement.dimensions },
    statistic: measurement.statistic,
    period: Duration.seconds(measurement.periodSeconds),
  });
