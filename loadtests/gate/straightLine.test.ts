import { describe, expect, it } from 'vitest';
import { lineValueAt, riseOf } from './straightLine.ts';

describe('riseOf', () => {
  it('is the line at its ends, where it surely rises', () => {
    const points = [3, 1, 2, 5, 4].map((x) => ({ x, y: 10 + 2 * x }));
    expect(riseOf(points)).toEqual({ from: 12, to: 20 });
    expect(riseOf(points.map(({ x, y }) => ({ x, y: -y })))).toBeUndefined();
  });

  it.each([
    ['too few points', [1, 2, 3, 4].map((x) => ({ x, y: x }))],
    ['one place only', [1, 2, 3, 4, 5].map((y) => ({ x: 7, y }))],
    ['a level line', [1, 2, 3, 4, 5].map((x) => ({ x, y: 3 }))],
    ['a falling line', [1, 2, 3, 4, 5].map((x) => ({ x, y: -x }))],
    ['a rise lost in its spread', [1, 2, 3, 4, 5].map((x) => ({ x, y: x % 2 === 0 ? 40 : 10 + x }))],
  ])('says nothing of %s', (_, points) => {
    expect(riseOf(points)).toBeUndefined();
  });
});

describe('lineValueAt', () => {
  it('goes on beyond the points, and needs enough of them', () => {
    const points = [1, 2, 3, 4, 5].map((x) => ({ x, y: 50 - x }));
    expect(lineValueAt(points, 0)).toBeCloseTo(50);
    expect(lineValueAt(points.slice(1), 0)).toBeUndefined();
  });
});
