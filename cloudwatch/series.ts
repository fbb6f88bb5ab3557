import { Bucket } from './bucket.ts';

/** Buckets by their second, the oldest first. Seconds arrive nearly in order: mostly the newest is asked for. */
export class Series {
  readonly #seconds: number[] = [];
  readonly #buckets: Bucket[] = [];

  get(second: number): Bucket | undefined {
    const index = this.#indexFrom(second);
    return this.#seconds[index] === second ? this.#buckets[index] : undefined;
  }

  /** An empty bucket for a second that has none. */
  add(second: number): Bucket {
    const index = this.#indexFrom(second);
    const bucket = new Bucket();
    this.#seconds.splice(index, 0, second);
    this.#buckets.splice(index, 0, bucket);
    return bucket;
  }

  dropBefore(second: number): void {
    const kept = this.#indexFrom(second);
    if (kept === 0) return;
    this.#seconds.splice(0, kept);
    this.#buckets.splice(0, kept);
  }

  /** Those of [first, last), the oldest first. */
  forEach(first: number, last: number, use: (second: number, bucket: Bucket) => void): void {
    for (let index = this.#indexFrom(first); index < this.#seconds.length; index += 1) {
      const second = this.#seconds[index]!;
      if (second >= last) return;
      use(second, this.#buckets[index]!);
    }
  }

  /** Where the first second that is not before the given one stands, or would. */
  #indexFrom(second: number): number {
    const newest = this.#seconds.at(-1);
    if (newest === undefined || newest < second) return this.#seconds.length;
    if (newest === second) return this.#seconds.length - 1;
    let [low, high] = [0, this.#seconds.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#seconds[middle]! < second) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
