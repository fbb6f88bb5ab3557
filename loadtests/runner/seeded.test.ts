import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededIdOf } from '../k6/lib/seeded.ts';

const seeded = { firstId: 1_001, count: 500 };
const { firstId, count } = seeded;

test('iterations visit every seeded id before any is repeated, and systems in another order', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 24 }), fc.nat(1_000_000), (system, from) => {
      const visited = Array.from({ length: count }, (_, index) => seededIdOf(seeded, from + index, system));
      expect(new Set(visited).size).toBe(count);
      expect(Math.min(...visited)).toBe(firstId);
      expect(Math.max(...visited)).toBe(firstId + count - 1);
    }),
    { numRuns: 30 },
  );
  expect(seededIdOf(seeded, 0, 'system-01')).not.toBe(seededIdOf(seeded, 0, 'system-02'));
});
