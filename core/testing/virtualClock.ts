import { setImmediate } from 'node:timers/promises';
import { ManualClock } from './manualClock.ts';

/** Turns of the event loop after which whatever needs no time has been done: an SDK client takes a few a call. */
const turnsToSettle = 20;

/**
 * Time that passes only while everybody sleeps, and then in leaps to whoever wakes next. For work within this process:
 * what waits for a socket is not seen to be at work.
 */
export class VirtualClock extends ManualClock {
  readonly startMs: number;

  constructor(startMs = Date.UTC(2026, 0, 5)) {
    super(startMs);
    this.startMs = startMs;
  }

  /** Since the beginning. */
  get passedMs(): number {
    return this.now() - this.startMs;
  }

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
      this.wakeNext();
    }
  }
}
