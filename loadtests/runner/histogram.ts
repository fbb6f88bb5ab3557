import type { Distribution } from '../../records/distribution.ts';

/**
 * Values of any number in bounded memory, their percentiles within a thousandth.
 *
 * A bucket is all numbers that share the first 21 bits of a double: sign, exponent, and nine bits of the
 * fraction. So each power of two is cut into 512 equal parts, and a bucket's middle is at most
 * 1/1024 = 0.098 % away from any value in it. Minimum, maximum, sum and count are exact.
 *
 *   sign exponent (11)   fraction (52)
 *   S    EEEEEEEEEEE     FFFFFFFFF xxxxxxxxxxxxx…
 *   └──── octave ──┘     └ part ─┘
 *
 * An octave takes 4 KiB once a value falls into it: latencies from 1 ms to 1 s need ten of them.
 */
export class Histogram {
  readonly #octaves = new Map<number, Float64Array>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param value a finite number */
  add(value: number): void {
    double.setFloat64(0, value);
    const bits = double.getUint32(0);
    const parts = this.#partsOf(bits >>> 20);
    const part = (bits >>> 11) % partsOfAnOctave;
    parts[part] = (parts[part] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** What `merge` takes; null without values. */
  distribution(): Distribution | null {
    if (this.#count === 0) return null;
    const buckets: string[] = [];
    let before = 0;
    for (const [octave, parts] of [...this.#octaves].toSorted(([a], [b]) => a - b)) {
      for (const [part, count] of parts.entries()) {
        if (count === 0) continue;
        const bucket = octave * partsOfAnOctave + part;
        const step = (bucket - before).toString(36);
        buckets.push(count === 1 ? step : `${step}*${count}`);
        before = bucket;
      }
    }
    return { sum: this.#sum, min: this.#min, max: this.#max, buckets: buckets.join(' ') };
  }

  /** Adds the values of another. */
  merge({ sum, min, max, buckets }: Distribution): void {
    let bucket = 0;
    for (const each of buckets.split(' ')) {
      const [step = '', times = '1'] = each.split('*');
      bucket += Number.parseInt(step, 36);
      const count = Number(times);
      const parts = this.#partsOf(Math.floor(bucket / partsOfAnOctave));
      const part = bucket % partsOfAnOctave;
      parts[part] = (parts[part] ?? 0) + count;
      this.#count += count;
    }
    this.#sum += sum;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
  }

  #partsOf(octave: number): Float64Array {
    let parts = this.#octaves.get(octave);
    if (!parts) this.#octaves.set(octave, (parts = new Float64Array(partsOfAnOctave)));
    return parts;
  }

  get count(): number {
    return this.#count;
  }

  /** `NaN` without values, as all below. */
  get mean(): number {
    return this.#sum / this.#count;
  }

  /**
   * The `percent`th percentile, interpolated between neighbours as k6 does: at most `relativeError` away from
   * what all values, sorted, would say.
   */
  percentile(percent: number): number {
    if (this.#count === 0) return Number.NaN;
    const index = (percent / 100) * (this.#count - 1);
    const rank = Math.floor(index);
    const below = this.#valueAt(rank);
    const above = index === rank ? below : this.#valueAt(rank + 1);
    return below + (above - below) * (index - rank);
  }

  /** The value of a rank from 0, the smallest; the outermost are exact. */
  #valueAt(rank: number): number {
    if (rank <= 0) return this.#min;
    if (rank >= this.#count - 1) return this.#max;
    let left = rank;
    for (const [octave, parts] of [...this.#octaves].sort(([a], [b]) => order(a) - order(b))) {
      // Negative numbers grow as their bits shrink.
      const isNegative = octave >= negative;
      for (let step = 0; step < partsOfAnOctave; step += 1) {
        const part = isNegative ? partsOfAnOctave - 1 - step : step;
        left -= parts[part] ?? 0;
        if (left < 0) return Math.min(this.#max, Math.max(this.#min, middleOf(octave, part)));
      }
    }
    return this.#max;
  }
}

/** Largest distance of a percentile from the exact one, as a share of it. */
export const relativeError = 1 / 1_024;

const partsOfAnOctave = 512;
/** The first octave with the sign's bit. */
const negative = 0x800;

const order = (octave: number): number => (octave < negative ? octave : negative - 1 - octave);

const double = new DataView(new ArrayBuffer(8));

function middleOf(octave: number, part: number): number {
  // Zero, and what is smaller than any latency: subnormal numbers.
  if (octave % negative === 0) return 0;
  double.setUint32(0, octave * 2 ** 20 + part * 2 ** 11 + 2 ** 10);
  double.setUint32(4, 0);
  return double.getFloat64(0);
}
