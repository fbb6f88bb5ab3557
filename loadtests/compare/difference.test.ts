import { describe, expect, it, test } from 'vitest';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { blockMeans } from './blocks.ts';
import { differenceOf } from './difference.ts';
import { chanceBeyondT, quantileOfT } from './studentT.ts';

test.each([
  [1, 12.7062],
  [4, 2.7764],
  [10, 2.2281],
  [30, 2.0423],
  [1_000, 1.9623],
])("Student's t with %i degrees of freedom is as in the tables", (degrees, value) => {
  expect(quantileOfT(0.975, degrees)).toBeCloseTo(value, 3);
  expect(chanceBeyondT(value, degrees)).toBeCloseTo(0.05, 5);
});

describe('blocks', () => {
  it('are at most twenty, equal, none shorter than asked, and in order', () => {
    expect(blockMeans([1, 3, 5, 7, 100], 2)).toEqual([2, 6]);
    expect(blockMeans(Array.from({ length: 45 }, (_, index) => index))).toHaveLength(20);
    expect(blockMeans([1, 2], 5)).toEqual([]);
  });
});

/**
 * Seconds of a load: logarithms of latencies that remember the second before, some with a pause in them.
 * @param memory of the second before, 0–1
 */
function seconds(random: () => number, count: number, memory: number, shift = 0): number[] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let state = normal();
  return Array.from({ length: count }, () => {
    state = memory * state + Math.sqrt(1 - memory ** 2) * normal();
    const pause = random() < 0.02 ? 2 * random() : 0;
    return Math.log(10) + shift + 0.15 * state + pause;
  });
}

/** Share of pairs of runs that are told apart. */
function toldApart(runs: number, length: number, memory: number, shift: number): number {
  const random = seededRandom(length + 1_000 * memory + shift);
  let different = 0;
  for (let run = 0; run < runs; run += 1) {
    const blocks = [0, shift].map((by) => blockMeans(seconds(random, length, memory, by), 5));
    if (differenceOf(blocks[0]!, blocks[1]!)!.chance < 0.05) different += 1;
  }
  return different / runs;
}

describe('a difference', () => {
  it.each([
    [2_000, 40, 0],
    [2_000, 40, 0.5],
    [1_000, 100, 0.5],
    [500, 300, 0.8],
    [300, 900, 0.9],
  ])(
    'is called one in at most one of twenty of %i pairs that are alike: %i s, memory %f',
    (pairs, length, memory) => {
      // What a true 5 % is above once in a thousand such tests.
      const chance = 3.1 * Math.sqrt((0.05 * 0.95) / pairs);
      expect(toldApart(pairs, length, memory, 0)).toBeLessThan(0.05 + chance);
    },
  );

  it.each([
    [100, 0],
    [300, 0.5],
    [900, 0.8],
  ])('of a fifth is found: %i s, memory %f', (length, memory) => {
    expect(toldApart(300, length, memory, Math.log(1.2))).toBeGreaterThan(0.9);
  });

  it('has an interval that holds the true one in 95 of 100 cases', () => {
    const random = seededRandom(7);
    let held = 0;
    for (let run = 0; run < 1_000; run += 1) {
      const [a, b] = [0, 0.3].map((by) => blockMeans(seconds(random, 120, 0.3, by), 5));
      const { low, high } = differenceOf(a!, b!)!;
      if (low <= 0.3 && high >= 0.3) held += 1;
    }
    expect(held).toBeGreaterThan(930);
  });

  it('is not told of series too short to have a spread, and is exact where nothing varies', () => {
    expect(differenceOf([1, 2, 3], [1, 2, 3, 4])).toBeNull();
    expect(differenceOf([5, 5, 5, 5], [5, 5, 5, 5])).toMatchObject({ difference: 0, chance: 1 });
    expect(differenceOf([5, 5, 5, 5], [6, 6, 6, 6])).toMatchObject({ difference: 1, low: 1, chance: 0 });
  });
});
