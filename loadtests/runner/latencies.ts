import { Histogram } from './histogram.ts';
import { latencySummary, type LatencySummary } from './latencySummary.ts';

/**
 * Latencies of a stretch of a run: one by one, or as a histogram, while answers are still to come; their summary
 * afterwards, so that a long run takes no more room than a short one.
 */
export class Latencies {
  #values: number[] | Histogram | LatencySummary | null;

  /** @param kept `exactly` where there are few of them, in `bounded` room where there may be many */
  constructor(kept: 'exactly' | 'bounded') {
    this.#values = kept === 'exactly' ? [] : new Histogram();
  }

  /** Of latencies that are summarised already, one more can change the maximum only. */
  add(latencyMs: number): void {
    const values = this.#values;
    if (Array.isArray(values)) values.push(latencyMs);
    else if (values instanceof Histogram) values.add(latencyMs);
    else if (values === null) this.#values = latencySummary([latencyMs]);
    else values.max = Math.max(values.max, latencySummary([latencyMs])?.max ?? 0);
  }

  /** Keeps the summary alone from now on. */
  close(): void {
    this.#values = this.summary();
  }

  /** Null without any. */
  summary(): LatencySummary | null {
    const values = this.#values;
    return Array.isArray(values) || values instanceof Histogram ? latencySummary(values) : values;
  }
}
