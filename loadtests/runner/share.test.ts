import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SegmentError } from '../errors.ts';
import { evenSegments, parseSegment, parseSequence, segmentText, sequenceText } from './executionSegment.ts';
import { Share, wholeShare } from './share.ts';

const shareOf = (segment: string, sequence?: string): Share =>
  Share.of(parseSegment(segment), sequence === undefined ? null : parseSequence(sequence));

const first = (share: Share, count: number): number[] =>
  Array.from({ length: count }, (_, n) => share.nth(n));

/** What instances of k6 have of a run: its documentation's example, and values that its own tests hold it to. */
const cases: { segment: string; sequence?: string; own: number[] }[] = [
  { segment: '0:1', own: [0, 1, 2, 3] },
  { segment: '0:1/2', sequence: '0,1/2,3/4,1', own: [0, 2, 4, 6, 8, 10] },
  { segment: '1/2:3/4', sequence: '0,1/2,3/4,1', own: [1, 5, 9] },
  { segment: '3/4:1', sequence: '0,1/2,3/4,1', own: [3, 7, 11] },
  { segment: '0:1/3', sequence: '0,1/3,2/3,1', own: [0, 3, 6] },
  { segment: '2/3:1', sequence: '0,1/3,2/3,1', own: [2, 5, 8] },
  { segment: '0:0.3', sequence: '0,0.3,0.5,0.6,0.7,0.8,0.9,1', own: [0, 4, 7, 10] },
  { segment: '0.3:0.5', sequence: '0,0.3,0.5,0.6,0.7,0.8,0.9,1', own: [1, 5, 11] },
  { segment: '0.8:0.9', sequence: '0,0.3,0.5,0.6,0.7,0.8,0.9,1', own: [8, 18] },
  { segment: '0:0.2', sequence: '0,0.2,0.5', own: [3, 9, 13] },
  { segment: '0.2:0.5', sequence: '0,0.2,0.5', own: [1, 5, 7, 11] },
  { segment: '2/5:4/5', sequence: '0,2/5,4/5', own: [1, 4, 6] },
  { segment: '20%', own: [1, 6, 11] },
  { segment: '0.4', own: [1, 3, 6] },
  { segment: '1/10:5/10', own: [1, 3, 5, 9, 11] },
];

test.each(cases)('the segment $segment of $sequence has $own', ({ segment, sequence, own }) => {
  const share = shareOf(segment, sequence);
  expect(first(share, own.length)).toEqual(own);
  const total = (own.at(-1) ?? 0) + 1;
  expect(share.part(total)).toBe(own.length);
  expect(Array.from({ length: total }, (_, index) => index).filter((index) => share.has(index))).toEqual(own);
});

describe('of few users', () => {
  test('an instance without any has none of the iterations', () => {
    expect(shareOf('2/3:1', '0,1/3,2/3,1').byUsers(2)).toBeNull();
  });
  test('those with one share all of them', () => {
    const shares = ['0:1/3', '1/3:2/3'].map((segment) => shareOf(segment, '0,1/3,2/3,1').byUsers(2));
    expect(shares.map((share) => share && first(share, 3))).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ]);
  });
  test('a remainder weighs: of ten, four, three and three', () => {
    const { segments, sequence } = evenSegments(3);
    const shares = segments.map((segment) => shareOf(segment, sequence).byUsers(10));
    expect(shares.map((share) => share?.segment)).toEqual(['0:2/5', '2/5:7/10', '7/10:1']);
    expect(shares.map((share) => share?.part(1_000))).toEqual([400, 300, 300]);
  });
});

test('even segments are written as k6 reads them', () => {
  expect(evenSegments(4)).toEqual({
    segments: ['0:1/4', '1/4:1/2', '1/2:3/4', '3/4:1'],
    sequence: '0,1/4,1/2,3/4,1',
  });
  expect(wholeShare.isWhole).toBe(true);
});

test.each([
  ['', 'is not a fraction'],
  ['1/2:1/3', 'is not before'],
  ['0:3/2', 'is beyond 1'],
  ['0:1/0', 'is not a fraction'],
  ['-1:1', 'is not a fraction'],
  ['0:1:2', 'expected from:to'],
  ['0:1/1000003', 'is finer than'],
  ['0.5%', 'is not a fraction'],
])('the segment "%s" is refused: %s', (text, why) => {
  expect(() => parseSegment(text)).toThrow(why);
});

test('a sequence is refused that goes back, or has no second number', () => {
  expect(() => parseSequence('0,1/2,1/3')).toThrow(SegmentError);
  expect(() => parseSequence('1')).toThrow('two numbers');
});

test('a segment must be one of its sequence', () => {
  expect(() => shareOf('0:1/2', '0,1/3,1')).toThrow(
    'execution segment "0:1/2": it is not a segment of 0,1/3,1',
  );
});

/** Any sequence over the whole, of up to eight parts with denominators up to 60. */
const sequences = fc
  .uniqueArray(
    fc
      .integer({ min: 2, max: 60 })
      .chain((of) => fc.integer({ min: 1, max: of - 1 }).map((n) => ({ n, of }))),
    { maxLength: 7, selector: ({ n, of }) => n / of },
  )
  .map((inner) => {
    const ascending = inner.toSorted((a, b) => a.n / a.of - b.n / b.of);
    return ['0', ...ascending.map(({ n, of }) => `${n}/${of}`), '1'].join();
  })
  .filter((text) => cycleOf(text) <= 20_000);

const cycleOf = (text: string): number =>
  parseSequence(text).reduce((product, { to }) => {
    const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
    return (product / gcd(product, to.denominator)) * to.denominator;
  }, 1);

const sharesOf = (sequence: string): Share[] =>
  parseSequence(sequence).map((segment) => Share.of(segment, parseSequence(sequence)));

describe('over any sequence', () => {
  const all = (total: number): number[] => Array.from({ length: total }, (_, index) => index);
  const ownersOf = (shares: readonly Share[], total: number): number[] =>
    all(total).map((index) => shares.filter((share) => share.has(index)).length);

  test('each number is one instance’s, and their parts add up to the whole', () => {
    const total = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(sequences, total, (sequence, upTo) => {
        const shares = sharesOf(sequence);
        expect(ownersOf(shares, upTo).every((count) => count === 1)).toBe(true);
        const listed = shares.flatMap((share) => first(share, share.part(upTo)));
        expect(listed.sort((a, b) => a - b)).toEqual(all(upTo));
      }),
    );
  });

  test('the same holds of what goes with users', () => {
    const users = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(sequences, users, (sequence, count) => {
        const shares = sharesOf(sequence).flatMap((share) => share.byUsers(count) ?? []);
        expect(ownersOf(shares, 1_000).every((owners) => owners === 1)).toBe(true);
      }),
    );
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const segments = parseSequence(sequence);
        expect(parseSequence(sequenceText(segments))).toEqual(segments);
        for (const segment of segments) expect(parseSegment(segmentText(segment))).toEqual(segment);
      }),
    );
  });
});
