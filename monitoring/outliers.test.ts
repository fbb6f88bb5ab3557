import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingsOf, stepOf } from './outliers.ts';

const named = (values: number[]) => new Map(values.map((value, index) => [`s${index}`, value]));
const outliers = (values: number[], unit: 'percent' | 'count' = 'percent'): string[] =>
  standingsOf(named(values), unit)
    .filter(({ isOutlier }) => isOutlier)
    .map(({ system }) => system);

describe('who stands out from its like', () => {
  it.each([
    ['one far above', [20, 22, 21, 19, 70], ['s4']],
    ['one far below', [60, 61, 62, 59, 5], ['s4']],
    ['two of seven', [20, 21, 22, 20, 21, 80, 85], ['s5', 's6']],
    ['one where all others agree exactly', [20, 20, 20, 20, 20, 20, 80], ['s6']],
    ['one of three where the others agree exactly', [20, 20, 80], ['s2']],
    ['one that alone errs', [0, 0, 0, 12], ['s3']],
    ['nobody where all agree', [20, 20, 20, 20], []],
    ['nobody where the spread is everybody’s', [10, 30, 50, 70, 90], []],
    ['nobody by a difference of no size', [20, 20.1, 20, 20.1, 22], []],
    ['nobody by less than five points, however alike the others are', [20, 20, 20, 20, 24.9], []],
    ['one by five points where the others agree exactly', [20, 20, 20, 20, 25], ['s4']],
    ['nobody among two', [10, 90], []],
    ['nobody where there is nobody', [], []],
  ])('%s', (_, values, expected) => {
    expect(outliers(values)).toEqual(expected);
  });

  it('asks for a quarter of the median where there is no scale of percent', () => {
    expect(outliers([1_000, 1_001, 1_002, 1_001, 1_200], 'count')).toEqual([]);
    expect(outliers([1_000, 1_001, 1_002, 1_001, 1_300], 'count')).toEqual(['s4']);
    expect(outliers([0, 0, 0, 0, 0, 1_300], 'count')).toEqual(['s5']);
  });

  it('knows no difference of the measurement’s own step, and one of more', () => {
    const concurrency = stepOf({ unit: 'percent', capacity: 10 });
    expect(concurrency).toBe(10);
    const outliersOf = (...values: number[]) =>
      standingsOf(named(values), 'percent', concurrency).filter(({ isOutlier }) => isOutlier);
    expect(outliersOf(10, 10, 15)).toEqual([]);
    expect(outliersOf(10, 10, 20)).toEqual([]);
    expect(outliersOf(10, 10, 30)).toMatchObject([{ system: 's2', value: 30 }]);
    // By points alone it would be one.
    expect(outliers([10, 10, 15])).toEqual(['s2']);
    expect(stepOf({ unit: 'percent', capacity: 500 })).toBe(0.2);
    // Time, and a share that is published as one.
    expect(stepOf({ unit: 'percent', capacity: 120_000 })).toBeLessThan(0.001);
    expect([stepOf({ unit: 'percent', capacity: 1 }), stepOf({ unit: 'percent' })]).toEqual([0, 0]);
    expect(stepOf({ unit: 'count' })).toBe(1);
  });

  it('is not moved by the one that is looked for, nor by units', () => {
    const values = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.constantFrom(2, 8, 1_024), (some, factor) => {
        const scores = (all: number[]) => standingsOf(named(all), 'count').map(({ score }) => score);
        scores(some.map((value) => value * factor)).forEach((score, index) =>
          expect(score).toBeCloseTo(scores(some)[index]!, 9),
        );
        const worse = [...some, 1e6, 1e6];
        const worst = [...some, 1e9, 1e9];
        const medianOf = (all: number[]) => standingsOf(named(all), 'count')[0]!.median;
        expect(medianOf(worse)).toBe(medianOf(worst));
      }),
    );
  });
});
