/** A period for which a metric was measured and is not told. */
export interface Withheld {
  /** Start of the period, Unix milliseconds. */
  startMs: number;
  reason: string;
}

/** As long as metrics of one second live. */
const retentionMs = 3 * 3_600_000;

/** Why metrics are missing: what no datapoint can say. */
export class WithheldMetrics {
  readonly #byMetric = new Map<string, Withheld[]>();

  /** For the metric in all its dimensions. */
  add(metric: MetricName, startMs: number, reason: string): void {
    const all = this.#byMetric.get(keyOf(metric)) ?? [];
    this.#byMetric.set(keyOf(metric), [
      ...all.filter((each) => each.startMs > startMs - retentionMs),
      { startMs, reason },
    ]);
  }

  /** Of the periods that start in the range, oldest first. */
  within(metric: MetricName, range: { startMs: number; endMs: number }): Withheld[] {
    const all = this.#byMetric.get(keyOf(metric)) ?? [];
    return all.filter(({ startMs }) => startMs >= range.startMs && startMs < range.endMs);
  }
}

interface MetricName {
  namespace: string;
  name: string;
}

const keyOf = ({ namespace, name }: MetricName): string => `${namespace}\0${name}`;
