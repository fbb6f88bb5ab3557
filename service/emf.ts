import { metricNamespace } from './metrics.ts';

/** A metric of the lists in metrics.ts, with its value. */
export interface MetricValue {
  name: string;
  unit: string;
  value: number;
}

/**
 * A line of CloudWatch's Embedded Metric Format with one set of dimensions. Written here and not by a
 * library: every invocation writes one, and Powertools takes several times as long for it as the rest of
 * the handler takes (service/bench/getClient.ts).
 * @param properties go into the log beside the metrics, and into none of their dimensions
 */
export const emfLine = (
  timestampMs: number,
  dimensions: Readonly<Record<string, string>>,
  metrics: readonly MetricValue[],
  properties: Readonly<Record<string, string>>,
): string =>
  JSON.stringify({
    _aws: {
      Timestamp: timestampMs,
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: [Object.keys(dimensions)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    ...properties,
  });
