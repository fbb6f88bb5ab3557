/**
 * What a run waits for, all of it cut short when the run is stopped. One listener serves every wait: a listener of its
 * own costs each more than its timer.
 */
export class Waits {
  readonly #now: () => number;
  readonly #stopped: AbortSignal;
  readonly #giveUps = new Set<() => void>();

  /** @param now milliseconds since the epoch, monotonic, with fraction */
  constructor(now: () => number, stopped: AbortSignal) {
    this.#now = now;
    this.#stopped = stopped;
    stopped.addEventListener('abort', () => this.#giveUps.forEach((giveUp) => giveUp()), { once: true });
  }

  /** Waits for an instant, never returning before it; false when stopped first. */
  until(instantMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const end = (reached: boolean): void => {
        clearTimeout(timer);
        this.#giveUps.delete(giveUp);
        resolve(reached);
      };
      const giveUp = (): void => end(false);
      const look = (): void => {
        const leftMs = instantMs - this.#now();
        // A timer may come a hair early.
        if (leftMs > 0) timer = setTimeout(look, Math.ceil(leftMs));
        else end(true);
      };
      if (this.#stopped.aborted) return giveUp();
      this.#giveUps.add(giveUp);
      look();
    });
  }
}
