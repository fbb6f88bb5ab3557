import type { Clock } from './clock.ts';

export interface PaceOptions {
  perSecond: number;
  /** How many may go at once after a rest; 1 for an even pace. */
  burst: number;
}

/**
 * The instant at which one more may go (the generic cell rate algorithm), and what to remember for the next.
 * @param paidUntilMs what was remembered: until when those who went have used up the rate
 */
export function nextTurn(
  { perSecond, burst }: PaceOptions,
  paidUntilMs: number,
  nowMs: number,
): { atMs: number; paidUntilMs: number } {
  const intervalMs = 1_000 / perSecond;
  const atMs = Math.max(nowMs, paidUntilMs - (burst - 1) * intervalMs);
  return { atMs, paidUntilMs: Math.max(atMs, paidUntilMs) + intervalMs };
}

/** Lets callers go one after another, in the order in which they ask, no faster than a rate. */
export class Pace {
  readonly #options: PaceOptions;
  readonly #clock: Clock;
  #paidUntilMs = Number.NEGATIVE_INFINITY;
  #heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Resolves when it is the caller's turn; rejects with the signal's reason when aborted first. */
  async turn(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const nowMs = this.#clock.now();
      const { atMs, paidUntilMs } = nextTurn(
        this.#options,
        this.#paidUntilMs,
        Math.max(nowMs, this.#heldUntilMs),
      );
      this.#paidUntilMs = paidUntilMs;
      if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs, signal);
      // Held while it waited: to the end of the queue.
      if (this.#clock.now() >= this.#heldUntilMs) return;
    }
  }

  /** Nobody goes for so long, also of those who wait already: the rate is used up by others. */
  hold(durationMs: number): void {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, this.#clock.now() + durationMs);
  }
}
