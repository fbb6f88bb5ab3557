import { expect, it } from 'vitest';
import { heavyTailed, studentT95 } from './studentT.ts';

it.each([
  [1, 6.314],
  [2, 2.92],
  [3, 2.353],
  [5, 2.015],
  [10, 1.812],
  [30, 1.697],
])('with %i degrees of freedom, 95 of 100 are below %d', (degrees, t) => {
  expect(studentT95(degrees) / t).toBeCloseTo(1, 2);
});

it.each([
  [0, 0.5],
  [0.7407, 0.75],
  [2.1318, 0.95],
  [-2.1318, 0.05],
  [4.6041, 0.995],
  [Infinity, 1],
  [-Infinity, 0],
])('with four, %d is not reached by a share of %d', (t, share) => {
  expect(heavyTailed(t)).toBeCloseTo(share, 4);
});
