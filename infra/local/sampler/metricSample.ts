/** Values of one metric at one instant, as they are put into the stage's metric store. */
export interface MetricSample {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  timestampMs: number;
  values: readonly number[];
  /** A CloudWatch unit, such as `Percent`, `Count` or `Milliseconds`. */
  unit: string;
}

/** Where the stage's parts publish what AWS would publish. */
export interface MetricSink {
  put(sample: MetricSample): void;
}
