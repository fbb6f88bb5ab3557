import { SegmentError } from '../errors.ts';
import {
  filled,
  greatestCommonDivisor,
  lengthOf,
  reduced,
  segmentText,
  sequenceText,
  type Segment,
} from './executionSegment.ts';

/** Longer cycles would take longer to lay out than runs to start. */
const longestCycle = 1_000_000;

/**
 * What one instance has of everything that a run counts: iterations, users. By k6's rule, so that k6's instances and
 * those of the embedded engine share a run alike: each knows its own without asking any other.
 *
 *   sequence 0,1/2,3/4,1    whole   0  1  2  3  4  5  6  7
 *                           0:1/2   0     2     4     6
 *                           1/2:3/4    1           5
 *                           3/4:1            3           7
 *
 * The pattern repeats after the lowest common denominator of the segments' lengths. Within it each number goes to the
 * longest of the segments that have not had more than their part of what came before; among equals, to the earliest.
 */
export class Share {
  readonly #sequence: readonly Segment[];
  readonly #position: number;
  readonly #cycle: number;
  /** Its own numbers below `#cycle`, ascending. */
  readonly #own: readonly number[];
  readonly #owned: ReadonlySet<number>;

  /** @throws SegmentError when the segment is none of the sequence's, or the sequence too fine to lay out */
  static of(segment: Segment, sequence: readonly Segment[] | null): Share {
    const whole = filled(segment, sequence);
    const text = segmentText(segment);
    const position = whole.findIndex((other) => segmentText(other) === text);
    if (position < 0) throw new SegmentError(text, `it is not a segment of ${sequenceText(whole)}`);
    return new Share(whole, position);
  }

  private constructor(sequence: readonly Segment[], position: number) {
    this.#sequence = sequence;
    this.#position = position;
    const owners = ownersOf(sequence);
    this.#cycle = owners.length;
    this.#own = [...owners.entries()].flatMap(([index, owner]) => (owner === position ? [index] : []));
    this.#owned = new Set(this.#own);
  }

  /** As k6's `--execution-segment` takes it. */
  get segment(): string {
    const own = this.#sequence[this.#position];
    return own ? segmentText(own) : '';
  }

  /** As k6's `--execution-segment-sequence` takes it. */
  get sequence(): string {
    return sequenceText(this.#sequence);
  }

  get isWhole(): boolean {
    return this.#sequence.length === 1;
  }

  /** Which number of the whole its own `n`th is; both count from 0. */
  nth(n: number): number {
    const { length } = this.#own;
    return Math.floor(n / length) * this.#cycle + (this.#own[n % length] ?? 0);
  }

  /** Whether a number of the whole, counted from 0, is its own. */
  has(index: number): boolean {
    return this.#owned.has(index % this.#cycle);
  }

  /** How many of `total` are its own. */
  part(total: number): number {
    const rest = total % this.#cycle;
    return (
      Math.floor(total / this.#cycle) * this.#own.length + this.#own.filter((index) => index < rest).length
    );
  }

  /**
   * Its share where work goes with users: instances get it by the users that they have, and none without any. Of
   * few users no sequence has its exact parts.
   * @param users of the whole
   * @returns null where it has none of them
   */
  byUsers(users: number): Share | null {
    if (this.part(users) === 0) return null;
    if (users % this.#cycle === 0) return this;
    const sequence: Segment[] = [];
    let position = 0;
    let before = 0;
    for (const index of this.#sequence.keys()) {
      const own = new Share(this.#sequence, index).part(users);
      if (own === 0) continue;
      if (index === this.#position) position = sequence.length;
      sequence.push({ from: reduced(before, users), to: reduced(before + own, users) });
      before += own;
    }
    return new Share(sequence, position);
  }
}

/** That of a run on one instance. */
export const wholeShare: Share = Share.of(
  { from: { numerator: 0, denominator: 1 }, to: { numerator: 1, denominator: 1 } },
  null,
);

/** By each number of the cycle, the position of the segment that it belongs to. */
function ownersOf(sequence: readonly Segment[]): number[] {
  const lengths = sequence.map(lengthOf);
  const cycle = lengths.reduce(
    (lcd, { denominator }) => (lcd / greatestCommonDivisor(lcd, denominator)) * denominator,
    1,
  );
  if (cycle > longestCycle)
    throw new SegmentError(sequenceText(sequence), `its parts have no common denominator to ${longestCycle}`);
  const longestFirst = lengths
    .map(({ numerator, denominator }, position) => ({
      position,
      inCycle: numerator * (cycle / denominator),
      had: 0,
    }))
    .sort((a, b) => b.inCycle - a.inCycle);
  return Array.from({ length: cycle }, (_, index) => {
    const next = longestFirst.find(({ had, inCycle }) => had * cycle <= index * inCycle);
    if (!next) throw new RangeError(`number ${index} of ${sequenceText(sequence)} is nobody's`);
    next.had += 1;
    return next.position;
  });
}
