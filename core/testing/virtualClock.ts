import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

/** Turns of the event loop after which whatever needs no time has been done: an SDK client takes a few a call. */
const turnsToSettle = 20;

/**
 * Time that passes only while everybody sleeps, and then in leaps to whoever wakes next. For work within this process:
 * what waits for a socket is not seen to be at work.
 */
export class VirtualClock implements Clock {
  readonly startMs: number;
  #nowMs: number;
  #sleepers: { wakeAtMs: number; wake: () => void }[] = [];

  constructor(startMs = Date.UTC(2026, 0, 5)) {
    this.startMs = startMs;
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  /** Since the beginning. */
  get passedMs(): number {
    return this.#nowMs - this.startMs;
  }

  sleep = (durationMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((wake, reject) => {
      signal?.throwIfAborted();
      const sleeper = { wakeAtMs: this.#nowMs + Math.max(0, durationMs), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason as Error);
      });
    });

  /** Lets time pass until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const watched = work.finally(() => {
      isDone = true;
    });
    // Thrown below, by the work itself.
    watched.catch(() => undefined);
    for (;;) {
      for (let turn = 0; turn < turnsToSettle; turn += 1) await setImmediate();
      if (isDone) return work;
      this.#leap();
    }
  }

  #leap(): void {
    const wakeAtMs = Math.min(...this.#sleepers.map((sleeper) => sleeper.wakeAtMs));
    if (!Number.isFinite(wakeAtMs)) return;
    this.#nowMs = Math.max(this.#nowMs, wakeAtMs);
    const due = this.#sleepers.filter((sleeper) => sleeper.wakeAtMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.wakeAtMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}
