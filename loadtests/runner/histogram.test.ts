import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram, relativeError } from './histogram.ts';
import { mean, percentile } from '../../core/statistics.ts';

const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
};

const rank = fc.double({ min: 0, max: 100, noNaN: true });
/** Down to a picosecond: below 1e-300 a double has no digits left for a relative error. */
const latencies = fc.array(
  fc.oneof(
    fc.double({ min: 1e-9, max: 120_000, noNaN: true }),
    fc.double({ min: 0.001, max: 1, noNaN: true }),
    fc.constantFrom(0, 1, 2, 4, 5),
  ),
  { minLength: 1, maxLength: 300 },
);

test('a percentile is within its relative error of the exact one', () => {
  fc.assert(
    fc.property(latencies, rank, (values, percent) => {
      const exact = percentile(
        values.toSorted((a, b) => a - b),
        percent,
      );
      const told = of(values).percentile(percent);
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * relativeError * (1 + 1e-12));
    }),
    { numRuns: 500 },
  );
});

test('numbers of every sign and size stay in their order, their ends and their mean exact', () => {
  const size = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
  const any = fc.array(
    fc.oneof(
      size,
      size.map((value) => -value),
      fc.constant(0),
    ),
    {
      minLength: 1,
      maxLength: 100,
    },
  );
  fc.assert(
    fc.property(any, rank, (values, percent) => {
      const ascending = values.toSorted((a, b) => a - b);
      const histogram = of(values);
      expect(histogram.percentile(0)).toBe(ascending[0]);
      expect(histogram.percentile(100)).toBe(ascending.at(-1));
      expect(histogram.count).toBe(values.length);
      expect(histogram.mean).toBe(mean(values));
      const index = (percent / 100) * (values.length - 1);
      const [below = 0, above = 0] = [ascending[Math.floor(index)], ascending[Math.ceil(index)]];
      const error = relativeError * Math.max(Math.abs(below), Math.abs(above)) * (1 + 1e-9);
      const told = histogram.percentile(percent);
      expect(told).toBeGreaterThanOrEqual(below - error);
      expect(told).toBeLessThanOrEqual(above + error);
    }),
    { numRuns: 500 },
  );
});

test('the error is no smaller than it says: two numbers in one bucket are told as one', () => {
  const [low, high] = [512, 512.999];
  expect(of([0, low, low, low, 1_024]).percentile(50)).toBe(of([0, high, high, high, 1_024]).percentile(50));
  expect(of([0, low, low, low, 1_024]).percentile(50)).not.toBe(of([0, 513, 513, 513, 1_024]).percentile(50));
});

test('without values there is no percentile', () => {
  expect(new Histogram().percentile(50)).toBeNaN();
});
