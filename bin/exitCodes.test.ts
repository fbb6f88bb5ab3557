import { describe, expect, it } from 'vitest';
import { strongest } from './exitCodes.ts';

describe('strongest', () => {
  it.each([
    [[], 0],
    [[0, 99], 99],
    [[99, 10], 10],
    [[10, 11], 11],
    [[11, 1], 1],
    [[1, 2], 2],
    [[2, 130, 10], 130],
  ] as const)('of %j is %i', (codes, expected) => {
    expect(strongest(codes)).toBe(expected);
  });
});
