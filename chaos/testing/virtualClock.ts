import type { Clock } from '../../core/clock.ts';

interface Sleeper {
  wakeAtMs: number;
  wake: () => void;
}

/**
 * A clock that moves by itself, from one sleeper's end to the next, as soon as all that is awake has come to rest:
 * a drill of minutes takes a test a moment, and a busy machine changes nothing of what it sees. While a file is
 * being written it stands still. What waits for anything else (a socket, a timer of Node's) it does not know of.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  /** The earliest first; of equals the one that came first. */
  readonly #sleepers: Sleeper[] = [];
  #moving = false;
  #stopped = false;

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
      this.#move();
    });
  }

  /** Nobody wakes any more, as where a process was killed. */
  stop(): void {
    this.#stopped = true;
  }

  #move(): void {
    if (this.#moving) return;
    this.#moving = true;
    setImmediate(this.#step);
  }

  readonly #step = (): void => {
    this.#moving = false;
    if (this.#stopped || this.#sleepers.length === 0) return;
    if (!isWriting()) {
      const next = this.#sleepers.shift();
      this.#nowMs = Math.max(this.#nowMs, next?.wakeAtMs ?? 0);
      next?.wake();
    }
    this.#move();
  };
}

/** Whether a file's request is under way in this process. */
const isWriting = (): boolean =>
  process.getActiveResourcesInfo().some((name) => /^FSReq|^CloseReq/.test(name));
