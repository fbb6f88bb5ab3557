/** A bounded number of places, given in the order in which they are asked for. */
export class Slots {
  #free: number;
  readonly #waiting: ((release: () => void) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Calls `use` once there is a place, at once when one is free; `release` gives it back and may be repeated. */
  take(use: (release: () => void) => void): void {
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
      if (next) this.take(next);
    });
  }
}
