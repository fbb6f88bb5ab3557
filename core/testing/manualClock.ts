import type { Clock } from '../clock.ts';

interface Sleeper {
  wakeAtMs: number;
  wake: () => void;
}

/** A clock that moves only when told to; what sleeps wakes as time passes it. */
export class ManualClock implements Clock {
  #nowMs: number;
  /** The earliest first; of equals the one that came first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const sleeper: Sleeper = { wakeAtMs: this.#nowMs + durationMs, wake };
      const later = this.#sleepers.findIndex(({ wakeAtMs }) => wakeAtMs > sleeper.wakeAtMs);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
      signal?.addEventListener('abort', onAbort);
    });
  }

  /** Moves time on and wakes whoever is due. */
  advance(durationMs: number): void {
    this.#nowMs += durationMs;
    for (let first = this.#sleepers[0]; first && first.wakeAtMs <= this.#nowMs; first = this.#sleepers[0]) {
      this.#sleepers.shift();
      first.wake();
    }
  }

  /** Whether anybody sleeps. */
  protected get hasSleepers(): boolean {
    return this.#sleepers.length > 0;
  }

  /** Moves time on to whoever wakes next, and wakes that one alone; nothing where nobody sleeps. */
  protected wakeNext(): void {
    const next = this.#sleepers.shift();
    this.#nowMs = Math.max(this.#nowMs, next?.wakeAtMs ?? 0);
    next?.wake();
  }
}
