import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossingOf, fewestPoints, lineValueAt, riseOf, type Point } from './straightLine.ts';

const whole = (min: number, max: number) => fc.integer({ min, max });
/** Loads of which at least two differ. */
const loads = fc
  .array(whole(1, 100), { minLength: fewestPoints, maxLength: 30 })
  .filter((all) => new Set(all).size > 1);

describe('crossingOf', () => {
  it('is exact where the points lie on a line', () => {
    fc.assert(
      fc.property(loads, whole(-50, 50), whole(1, 20), whole(0, 200), (xs, intercept, slope, y) => {
        const points = xs.map((x) => ({ x, y: intercept + slope * x }));
        const crossing = crossingOf(points, y)!;
        for (const value of Object.values(crossing)) expect(value).toBeCloseTo((y - intercept) / slope, 6);
      }),
    );
  });

  it('moves and stretches with its points', () => {
    const point = fc.record({ x: whole(1, 100), y: whole(0, 100) });
    fc.assert(
      fc.property(
        fc.array(point, { minLength: fewestPoints, maxLength: 20 }),
        whole(2, 9),
        (points, factor) => {
          const crossing = crossingOf(points, 80);
          const stretched = crossingOf(
            points.map(({ x, y }) => ({ x: factor * x + 7, y })),
            80,
          );
          expect(stretched === undefined).toBe(crossing === undefined);
          if (!crossing || !stretched) return;
          for (const bound of ['x', 'low', 'high'] as const)
            expect(stretched[bound] / (factor * crossing[bound] + 7)).toBeCloseTo(1, 6);
          expect(crossing.low).toBeLessThanOrEqual(crossing.x);
          expect(crossing.high).toBeGreaterThanOrEqual(crossing.x);
        },
      ),
    );
  });

  it('agrees with a worked example', () => {
    // Slope 2.02, intercept -0.02, residual variance 0.02267; t of three degrees 2.3534.
    const points = [2.1, 3.9, 6.1, 7.9, 10.2].map((y, index): Point => ({ x: index + 1, y }));
    const crossing = crossingOf(points, 20)!;
    expect(crossing.x).toBeCloseTo(9.9109, 4);
    expect(crossing.low).toBeCloseTo(9.5398, 2);
    expect(crossing.high).toBeCloseTo(10.3247, 2);
  });

  it('holds the truth in nine of ten cases', () => {
    // y = 10 + 2x with normal noise of 5, so 80 is reached at 35.
    let state = 1;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const noise = (): number => 5 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const trials = 4_000;
    let held = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const points = [5, 10, 15, 20, 20, 20, 20].map((x) => ({ x, y: 10 + 2 * x + noise() }));
      const crossing = crossingOf(points, 80);
      if (!crossing || (crossing.low <= 35 && 35 <= crossing.high)) held += 1;
    }
    expect(held / trials).toBeGreaterThan(0.88);
    expect(held / trials).toBeLessThan(0.92);
  });

  it.each([
    ['too few points', [1, 2, 3, 4].map((x) => ({ x, y: x }))],
    ['one load only', [1, 2, 3, 4, 5].map((y) => ({ x: 7, y }))],
    ['a level line', [1, 2, 3, 4, 5].map((x) => ({ x, y: 3 }))],
    ['a falling line', [1, 2, 3, 4, 5].map((x) => ({ x, y: -x }))],
    ['a rise lost in its spread', [1, 2, 3, 4, 5].map((x) => ({ x, y: x % 2 === 0 ? 40 : 10 + x }))],
  ])('says nothing of %s', (_, points) => {
    expect(crossingOf(points, 80)).toBeUndefined();
  });
});

describe('riseOf', () => {
  it('is the line at its ends, where it surely rises', () => {
    const points = [3, 1, 2, 5, 4].map((x) => ({ x, y: 10 + 2 * x }));
    expect(riseOf(points)).toEqual({ from: 12, to: 20 });
    expect(riseOf(points.map(({ x, y }) => ({ x, y: -y })))).toBeUndefined();
    expect(riseOf([1, 2, 3, 4, 5].map((x) => ({ x, y: x % 2 === 0 ? 40 : 10 + x })))).toBeUndefined();
  });
});

describe('lineValueAt', () => {
  it('goes on beyond the points, and needs enough of them', () => {
    const points = [1, 2, 3, 4, 5].map((x) => ({ x, y: 50 - x }));
    expect(lineValueAt(points, 0)).toBeCloseTo(50);
    expect(lineValueAt(points.slice(1), 0)).toBeUndefined();
  });
});
