import type { Distribution } from '../../records/distribution.ts';
import { Histogram } from './histogram.ts';
import { latencySummary, type LatencySummary } from './latencySummary.ts';

/**
 * Latencies of a stretch of a run: one by one, or as a histogram, while answers are still to come; their summary
 * afterwards, so that a long run takes no more room than a short one.
 */
export class Latencies {
  #values: number[] | Histogram | LatencySummary | null;
  readonly #toMerge: boolean;
  /** Of those that are over. */
  #distribution: Distribution | null = null;

  /**
   * @param kept `exactly` where there are few of them, in `bounded` room where there may be many
   * @param toMerge whether they will be put together with others: then more than a summary is left of them
   */
  constructor(kept: 'exactly' | 'bounded', toMerge = false) {
    this.#values = kept === 'exactly' ? [] : new Histogram();
    this.#toMerge = toMerge;
  }

  /** Of latencies that are summarised already, one more can change the maximum only. */
  add(latencyMs: number): void {
    const values = this.#values;
    const over = this.#distribution;
    if (over) this.#distribution = distributionOf([latencyMs], over);
    if (Array.isArray(values)) values.push(latencyMs);
    else if (values instanceof Histogram) values.add(latencyMs);
    else if (values === null) this.#values = latencySummary([latencyMs]);
    else values.max = Math.max(values.max, latencySummary([latencyMs])?.max ?? 0);
  }

  /** Keeps the summary alone from now on. */
  close(): void {
    if (this.#toMerge) this.#distribution = this.distribution();
    this.#values = this.summary();
  }

  /** All of them, as far as more than a summary is left; null without any. */
  distribution(): Distribution | null {
    const values = this.#values;
    if (values instanceof Histogram) return values.distribution();
    return Array.isArray(values) ? distributionOf(values) : this.#distribution;
  }

  /** Null without any. */
  summary(): LatencySummary | null {
    const values = this.#values;
    return Array.isArray(values) || values instanceof Histogram ? latencySummary(values) : values;
  }
}

function distributionOf(values: readonly number[], others: Distribution | null = null): Distribution | null {
  const histogram = new Histogram();
  if (others) histogram.merge(others);
  for (const value of values) histogram.add(value);
  return histogram.distribution();
}
