import { SegmentError } from '../errors.ts';

/** A rational number from 0 to 1, reduced. */
export interface Fraction {
  numerator: number;
  denominator: number;
}

/** The part (from, to] of a whole run. */
export interface Segment {
  from: Fraction;
  to: Fraction;
}

const zero: Fraction = { numerator: 0, denominator: 1 };
const one: Fraction = { numerator: 1, denominator: 1 };

/**
 * Segments as k6's options have them:
 *
 *   --execution-segment           "1/3:2/3", from a number to a number; or one number, from 0 to it
 *   --execution-segment-sequence  "0,1/3,2/3,1": each number ends a segment and begins the next
 *   number                        a fraction 1/3, a decimal 0.25, or a percentage 25%
 *
 * @throws SegmentError for a text that is none
 */
export function parseSegment(text: string): Segment {
  const [from, to, ...more] = text.split(':');
  if (from === undefined || more.length > 0) throw new SegmentError(text, 'expected from:to, such as 0:1/3');
  return segmentOf(text, to === undefined ? zero : fractionOf(text, from), fractionOf(text, to ?? from));
}

/** @throws SegmentError for a text that is none */
export function parseSequence(text: string): Segment[] {
  const bounds = text.split(',').map((part) => fractionOf(text, part));
  if (bounds.length < 2) throw new SegmentError(text, 'expected two numbers at least, such as 0,1/2,1');
  return bounds.slice(1).map((to, index) => segmentOf(text, bounds[index] ?? zero, to));
}

/** As many segments of one size as there are instances, and their sequence, as k6 takes them. */
export function evenSegments(instances: number): { segments: string[]; sequence: string } {
  const bounds = Array.from({ length: instances + 1 }, (_, index) => textOf(reduced(index, instances)));
  return {
    segments: bounds.slice(1).map((to, index) => `${bounds[index]}:${to}`),
    sequence: bounds.join(),
  };
}

/** The sequence with what it leaves out of the whole before it and after it; that around one segment without any. */
export function filled(segment: Segment, sequence: readonly Segment[] | null): Segment[] {
  const given = sequence ?? [segment];
  const from = given[0]?.from ?? zero;
  const to = given.at(-1)?.to ?? one;
  return [
    ...(from.numerator === 0 ? [] : [{ from: zero, to: from }]),
    ...given,
    ...(to.numerator === to.denominator ? [] : [{ from: to, to: one }]),
  ];
}

/** As k6 writes one: `1/3:2/3`. */
export const segmentText = ({ from, to }: Segment): string => `${textOf(from)}:${textOf(to)}`;

/** As k6 writes one: `0,1/3,2/3,1`. */
export const sequenceText = (segments: readonly Segment[]): string =>
  [segments[0]?.from ?? zero, ...segments.map(({ to }) => to)].map(textOf).join();

export const lengthOf = ({ from, to }: Segment): Fraction =>
  reduced(
    to.numerator * from.denominator - from.numerator * to.denominator,
    to.denominator * from.denominator,
  );

/** Products of two of them are still exact. */
const largestDenominator = 1_000_000;

function fractionOf(text: string, part: string): Fraction {
  const [, whole, decimals = '', percent, divisor] =
    /^\s*(\d+)(?:\.(\d+))?(?:(%)|\/(\d+))?\s*$/.exec(part) ?? [];
  const scale = 10 ** decimals.length;
  const denominator = scale * (percent === undefined ? Number(divisor ?? 1) : 100);
  if (whole === undefined || denominator === 0 || (decimals !== '' && (percent ?? divisor) !== undefined))
    throw new SegmentError(text, `"${part}" is not a fraction, decimal or percentage`);
  const fraction = reduced(Number(`${whole}${decimals}`), denominator);
  if (fraction.denominator > largestDenominator)
    throw new SegmentError(text, `"${part}" is finer than a part in ${largestDenominator}`);
  return fraction;
}

function segmentOf(text: string, from: Fraction, to: Fraction): Segment {
  const length = to.numerator * from.denominator - from.numerator * to.denominator;
  if (length <= 0) throw new SegmentError(text, `${textOf(from)} is not before ${textOf(to)}`);
  if (to.numerator > to.denominator) throw new SegmentError(text, `${textOf(to)} is beyond 1`);
  return { from, to };
}

const textOf = ({ numerator, denominator }: Fraction): string =>
  denominator === 1 ? `${numerator}` : `${numerator}/${denominator}`;

/** @returns with the smallest numbers that say the same */
export function reduced(numerator: number, denominator: number): Fraction {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
