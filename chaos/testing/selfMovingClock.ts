import { ManualClock } from '../../core/testing/manualClock.ts';

/**
 * A clock that moves by itself, from one sleeper's end to the next, as soon as all that is awake has come to rest:
 * a drill of minutes takes a test a moment, and a busy machine changes nothing of what it sees. While a file is
 * being written it stands still. What waits for anything else (a socket, a timer of Node's) it does not know of.
 */
export class SelfMovingClock extends ManualClock {
  #moving = false;
  #stopped = false;

  override sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    const asleep = super.sleep(durationMs, signal);
    this.#move();
    return asleep;
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
    if (this.#stopped || !this.hasSleepers) return;
    if (!isWriting()) this.wakeNext();
    this.#move();
  };
}

/** Whether a file's request is under way in this process. */
const isWriting = (): boolean =>
  process.getActiveResourcesInfo().some((name) => /^FSReq|^CloseReq/.test(name));
