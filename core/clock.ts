import { setTimeout as delay } from 'node:timers/promises';

/** The time, as a parameter: kernels take instants, shells take a Clock, tests pass their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number;
  /** Resolves after `durationMs`; rejects with the signal's reason when aborted first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (durationMs, signal) => {
    try {
      await delay(durationMs, undefined, signal ? { signal } : {});
    } catch (error) {
      // Node's timers reject with an AbortError of their own.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** Chance, as a parameter: a number from 0 (inclusive) to 1 (exclusive). */
export type RandomSource = () => number;

export const systemRandom: RandomSource = () => Math.random();
