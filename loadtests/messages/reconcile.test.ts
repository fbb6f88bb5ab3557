import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from './reconcile.ts';

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 });

describe('reconcile', () => {
  it('gives every published id one place', () => {
    fc.assert(
      fc.property(ids, ids, ids, (published, stored, dead) => {
        const result = reconcile(new Set(published), new Map(stored.map((id) => [id, 1])), new Set(dead));
        expect(result.stored + result.deadLettered + result.lost).toBe(result.published);
        const kept = new Set([...stored, ...dead]);
        expect(result.lost).toBe(published.filter((id) => !kept.has(id)).length);
        expect(result.duplicated).toBe(0);
      }),
    );
  });

  it('does not let a message that is both stored and dead-lettered stand in for a lost one', () => {
    const result = reconcile(new Set([1, 2]), new Map([[1, 1]]), new Set([1]));
    expect(result).toMatchObject({ stored: 1, deadLettered: 0, lost: 1, examples: { lost: [2] } });
  });

  it('finds an id stored twice, also one whose publication was never acknowledged', () => {
    const stored = new Map([
      [1, 2],
      [9, 3],
    ]);
    expect(reconcile(new Set([1]), stored, new Set())).toMatchObject({
      stored: 1,
      duplicated: 2,
      examples: { duplicated: [1, 9] },
    });
  });
});
