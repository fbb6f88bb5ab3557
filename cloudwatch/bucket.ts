/** What a sample may be: one value, values with how often each occurred, or a statistic set. */
export type Observation =
  | { value: number }
  | { values: readonly number[]; counts?: readonly number[] | undefined }
  | { statistics: { sampleCount: number; sum: number; minimum: number; maximum: number } };

/** Samples of some stretch of time, aggregated so that every statistic can still be told. */
export class Bucket {
  count = 0;
  sum = 0;
  minimum = Infinity;
  maximum = -Infinity;
  /** How often each value occurred; null while there is but one value. */
  #distribution: Map<number, number> | null = null;
  /** False once a statistic set has hidden the values behind it. */
  #valuesKnown = true;

  observe(observation: Observation): void {
    if ('value' in observation) {
      this.#add(observation.value, 1);
    } else if ('values' in observation) {
      observation.values.forEach((value, index) => this.#add(value, observation.counts?.[index] ?? 1));
    } else {
      const { sampleCount, sum, minimum, maximum } = observation.statistics;
      if (sampleCount <= 0) return;
      if (minimum !== maximum) this.#valuesKnown = false;
      this.#tally([[minimum, sampleCount]]);
      this.#aggregate(sampleCount, sum, minimum, maximum);
    }
  }

  merge(other: Bucket): void {
    this.#valuesKnown &&= other.#valuesKnown;
    this.#tally(other.#values());
    this.#aggregate(other.count, other.sum, other.minimum, other.maximum);
  }

  /**
   * The value that `percent` (0–100) of the samples do not exceed, by nearest rank, within 0.5 %;
   * undefined when a statistic set hides the values.
   */
  percentile(percent: number): number | undefined {
    if (!this.#valuesKnown || this.count === 0) return undefined;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    let seen = 0;
    for (const [value, count] of this.#values().sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return Math.min(this.maximum, Math.max(this.minimum, value));
    }
    return this.maximum;
  }

  #add(value: number, count: number): void {
    if (count <= 0) return;
    this.#tally([[value, count]]);
    this.#aggregate(count, value * count, value, value);
  }

  #aggregate(count: number, sum: number, minimum: number, maximum: number): void {
    this.count += count;
    this.sum += sum;
    this.minimum = Math.min(this.minimum, minimum);
    this.maximum = Math.max(this.maximum, maximum);
  }

  /** To be called before `#aggregate`, while minimum and count still tell what is there already. */
  #tally(entries: readonly (readonly [number, number])[]): void {
    const [first] = entries;
    if (!first || !this.#valuesKnown) return;
    if (this.#distribution === null && entries.length === 1 && this.#holdsNothingBut(first[0])) return;
    this.#distribution ??= new Map(this.count > 0 ? [[rounded(this.minimum), this.count]] : []);
    for (const [value, count] of entries) {
      const key = rounded(value);
      this.#distribution.set(key, (this.#distribution.get(key) ?? 0) + count);
    }
  }

  #holdsNothingBut(value: number): boolean {
    return this.count === 0 || (this.minimum === value && this.maximum === value);
  }

  #values(): [number, number][] {
    if (this.#distribution) return [...this.#distribution];
    return this.count > 0 ? [[this.minimum, this.count]] : [];
  }
}

/** Three digits bound the size of a distribution: 900 values a decade, however many samples. */
const rounded = (value: number): number => Number(value.toPrecision(3));
