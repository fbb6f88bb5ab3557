import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rolloutMinutes, wavesOf } from './waves.ts';

const numbered = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const sizes = (count: number): number[] => wavesOf(numbered(count)).map(({ length }) => length);

describe('waves', () => {
  it('are one system, a tenth, the rest', () => {
    expect(sizes(200)).toEqual([1, 20, 179]);
    expect(sizes(50)).toEqual([1, 5, 44]);
    expect(sizes(3)).toEqual([1, 1, 1]);
    expect(sizes(2)).toEqual([1, 1]);
    expect(sizes(1)).toEqual([1]);
    expect(sizes(0)).toEqual([]);
  });

  it('hold each system once, in the order given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), (count) => {
        expect(wavesOf(numbered(count)).flat()).toEqual(numbered(count));
      }),
    );
  });

  it('of the largest fleet fit into the four hours of a workflow’s credentials', () => {
    expect(rolloutMinutes(200)).toBeLessThan(4 * 60);
    // Shared stacks, then each wave: two minutes of update, and its quiet time.
    expect(rolloutMinutes(1)).toBe(12 + 27);
    expect(rolloutMinutes(50)).toBe(12 + 27 + 12 + 3 * 12);
  });
});
