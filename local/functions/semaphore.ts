/** A bounded number of permits, given in the order in which they are asked for. */
export class Semaphore {
  #free: number;
  readonly #waiting: ((release: () => void) => void)[] = [];

  constructor(permits: number) {
    this.#free = permits;
  }

  /** Calls `use` once there is a permit, at once when one is free; `release` gives it back and may be repeated. */
  acquire(use: (release: () => void) => void): void {
    if (this.#free === 0) {
      this.#waiting.push(use);
      return;
    }
    this.#free -= 1;
    let released = false;
    use(() => {
      if (released) return;
      released = true;
      this.#free += 1;
      const next = this.#waiting.shift();
      if (next) this.acquire(next);
    });
  }
}
