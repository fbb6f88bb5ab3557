import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostSeconds, seriesSecondsOf } from './seriesSeconds.ts';

const day = 86_400;

test.each([
  ['a peak of two hundred systems', 200, 1_200, 1],
  ['two hours of fifty systems', 50, 2 * 3_600, 1],
  ['a day of four systems', 4, day, 1],
  ['a day of fifty systems', 50, day, 20],
  ['five days of fifty systems', 50, 5 * day, 60],
])('%s has entries of so many seconds', (_what, systems, seconds, expected) => {
  expect(seriesSecondsOf(systems, seconds, false)).toBe(expected);
});

test('entries are as short as there is room for, and fewer fit that are put together with others', () => {
  const runs = fc.record({
    systems: fc.integer({ min: 1, max: 200 }),
    seconds: fc.integer({ min: 1, max: 30 * day }),
  });
  fc.assert(
    fc.property(runs, ({ systems, seconds }) => {
      const [whole, part] = [false, true].map((toMerge) => seriesSecondsOf(systems, seconds, toMerge)) as [
        number,
        number,
      ];
      expect(part).toBeGreaterThanOrEqual(whole);
      fc.pre(systems * seconds <= mostSeconds(false));
      // One more for each system: the last entry of each may be shorter.
      expect(systems * Math.ceil(seconds / whole)).toBeLessThanOrEqual(400_000 + systems);
      // No length is more than two and a half times the one before.
      const entriesBefore = whole > 1 ? (systems * seconds) / (whole / 2.5) : Infinity;
      expect(entriesBefore).toBeGreaterThan(400_000 - systems);
    }),
  );
});
