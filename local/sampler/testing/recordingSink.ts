import type { MetricSample, MetricSink } from '../metricSample.ts';

/** Keeps what is published in a list. */
export const recordingSink = (samples: MetricSample[]): MetricSink => ({
  put: (sample) => void samples.push(sample),
  writer: (metric) => (timestampMs, value) => void samples.push({ ...metric, timestampMs, values: [value] }),
});
