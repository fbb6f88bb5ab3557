import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedArrays } from './sharedArrays.ts';

test('an array that is shared reads as the one that was made, here and where its memory went', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const here = new SharedArrays();
      // As JSON has them: it knows no -0.
      const expected: unknown = JSON.parse(JSON.stringify(values));
      expect([...here.named('all', () => values)]).toEqual(expected);
      const there = new SharedArrays(here.elements).named('all', () => {
        throw new Error('made twice');
      });
      expect([...there]).toEqual(expected);
      expect(there.length).toBe(values.length);
      expect(JSON.parse(JSON.stringify(there))).toEqual(expected);
    }),
  );
});

test('it is read-only, its elements are copies, and it has what arrays have', () => {
  const shared = new SharedArrays().named('all', () => [{ n: 1 }, { n: 2 }]) as { n: number }[];
  expect(() => (shared[0] = { n: 3 })).toThrow('SharedArray "all": it is read-only');
  expect(() => shared.push({ n: 3 })).toThrow('it is read-only');
  (shared[0] as { n: number }).n = 9;
  expect(shared[0]).toEqual({ n: 1 });
  expect(shared.map(({ n }) => n)).toEqual([1, 2]);
  expect(shared.at(-1)).toEqual({ n: 2 });
  expect(shared[2]).toBeUndefined();
  expect(Array.isArray(shared)).toBe(true);
});

test('what returns no array is refused by its name', () => {
  expect(() => new SharedArrays().named('users', () => ({}))).toThrow(
    'SharedArray "users": its function returned no array',
  );
});
