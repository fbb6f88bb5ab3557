import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { formatSpread, mean, median, percentile, percentileOfSorted, spreadOf } from './statistics.ts';

const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 60 });
const percent = fc.double({ min: 0, max: 100, noNaN: true });

describe('percentile', () => {
  it('interpolates between neighbours as k6 does', () => {
    expect(percentile([4, 1, 3, 2], 90)).toBeCloseTo(3.7, 12);
    expect(percentile([10, 20], 25)).toBe(12.5);
  });

  it('is the value of a rank where the rank is whole', () => {
    fc.assert(
      fc.property(values, fc.nat(), (of, seed) => {
        const rank = seed % of.length;
        const ascending = of.toSorted((a, b) => a - b);
        const at = of.length === 1 ? 0 : (rank / (of.length - 1)) * 100;
        expect(percentile(of, at)).toBeCloseTo(ascending[rank] ?? Number.NaN, 6);
      }),
    );
  });

  it('grows with the percentage, from the least value to the most', () => {
    fc.assert(
      fc.property(values, percent, percent, (of, a, b) => {
        const [low, high] = [percentile(of, Math.min(a, b)), percentile(of, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...of));
        expect(high).toBeLessThanOrEqual(Math.max(...of));
        expect(percentile(of, 0)).toBe(Math.min(...of));
        expect(percentile(of, 100)).toBe(Math.max(...of));
      }),
    );
  });

  it('moves with its values', () => {
    fc.assert(
      fc.property(values, percent, fc.integer({ min: 1, max: 100 }), fc.integer(), (of, at, scale, shift) => {
        const moved = percentile(
          of.map((value) => value * scale + shift),
          at,
        );
        expect(moved).toBeCloseTo(percentile(of, at) * scale + shift, 3);
      }),
    );
  });

  it('asks for no order, and leaves the values in theirs', () => {
    fc.assert(
      fc.property(values, percent, (of, at) => {
        const before = [...of];
        const expected = percentileOfSorted(
          of.toSorted((a, b) => a - b),
          at,
        );
        expect(percentile(of, at)).toBe(expected);
        expect(of).toEqual(before);
      }),
    );
  });
});

describe('median', () => {
  it('has as many values above it as below', () => {
    fc.assert(
      fc.property(values, (of) => {
        const middle = median(of);
        const above = of.filter((value) => value > middle).length;
        const below = of.filter((value) => value < middle).length;
        expect(Math.max(above, below)).toBeLessThanOrEqual(of.length / 2);
      }),
    );
  });

  it('is not moved by how far the farthest is', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 1_000_000 }), (of, further) => {
        fc.pre(of.length > 2);
        const most = Math.max(...of);
        const index = of.indexOf(most);
        expect(median(of.with(index, most + further))).toBe(median(of));
      }),
    );
  });
});

describe('mean', () => {
  it('balances: the values’ distances from it add up to nothing', () => {
    fc.assert(
      fc.property(values, (of) => {
        const balance = mean(of);
        expect(of.reduce((sum, value) => sum + (value - balance), 0)).toBeCloseTo(0, 3);
      }),
    );
  });
});

describe('spread', () => {
  it('goes from the least value over the median to the most', () => {
    fc.assert(
      fc.property(values, (of) => {
        expect(spreadOf(of)).toEqual({
          least: Math.min(...of),
          median: median(of),
          most: Math.max(...of),
        });
      }),
    );
  });

  it('is told as people read it', () => {
    expect(formatSpread([13, 11.8, 12.1], (value) => value.toFixed(1))).toBe('12.1 (11.8 to 13.0)');
  });
});

test('of no values there is none', () => {
  expect([mean([]), median([]), percentile([], 99), ...Object.values(spreadOf([]))]).toEqual(
    Array.from({ length: 6 }, () => Number.NaN),
  );
});
