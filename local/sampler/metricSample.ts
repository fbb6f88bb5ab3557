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

/** Puts one value of the metric it was made for. */
export type MetricWriter = (timestampMs: number, value: number) => void;

/** Where the stage's parts publish what AWS would publish. */
export interface MetricSink {
  put(sample: MetricSample): void;
  /**
   * For what is measured at each request: the metric is looked up once, which is most of what a put costs.
   * A metric is listed from its first value on.
   */
  writer(metric: Pick<MetricSample, 'namespace' | 'name' | 'dimensions' | 'unit'>): MetricWriter;
}
