import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapsIn, IdRanges, idsIn } from './idRanges.ts';

const rangesOf = (ids: Iterable<number>): IdRanges => {
  const ranges = new IdRanges();
  for (const id of ids) ranges.add(id);
  return ranges;
};

test('whatever the order, the ranges hold every id and nothing else, in as few as there are', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 5, max: 60 })), (ids) => {
      const ranges = rangesOf(ids).ranges();
      expect([...idsIn(ranges)]).toEqual(ids.toSorted((a, b) => a - b));
      for (const [index, { first }] of ranges.entries())
        expect(first).toBeGreaterThan((ranges[index - 1]?.last ?? 0) + 1);
    }),
  );
});

test('the gaps are what is missing up to the last id', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 5, max: 60 }), { minLength: 1 }), (ids) => {
      const missing = [...idsIn(gapsIn(5, rangesOf(ids).ranges()))];
      const last = Math.max(...ids);
      const all = Array.from({ length: last - 4 }, (_, index) => index + 5);
      expect(missing).toEqual(all.filter((id) => !ids.includes(id)));
    }),
  );
});
