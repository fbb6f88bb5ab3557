import type { Distribution } from '../../records/distribution.ts';
import { Histogram } from './histogram.ts';
import { latencySummary, type LatencySummary } from './latencySummary.ts';

/** From here on an iteration counts as late, in milliseconds. */
const lateMs = 100;

/** What a generator was late by itself, whatever the systems did. */
export interface LatenessSummary {
  /** Iterations that began more than 100 ms after they were to. */
  iterations: number;
  /** Of all iterations, in milliseconds; null where none began. */
  byMs: LatencySummary | null;
  /** All of them. */
  values: Distribution | null;
}

/**
 * How late iterations begin that nothing but the generator keeps from beginning: its timer, its other work, a
 * machine that stands still. No part of any latency, and limited by the gate.
 */
export class Lateness {
  readonly #byMs = new Histogram();
  #late = 0;

  add(ms: number): void {
    this.#byMs.add(Math.max(0, ms));
    if (ms > lateMs) this.#late += 1;
  }

  summary(): LatenessSummary {
    return { iterations: this.#late, byMs: latencySummary(this.#byMs), values: this.#byMs.distribution() };
  }
}
