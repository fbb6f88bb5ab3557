import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSystems, hitsFleet } from './scope.ts';

const fleet = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `system-${String(index + 1).padStart(2, '0')}`);
const percents = fc.double({ min: 0.1, max: 100, noNaN: true });

describe('the choice of systems', () => {
  it('is as large as the share, rounded up, and of the stage', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), percents, fc.string(), (count, percent, seed) => {
        const chosen = chooseSystems(fleet(count), { percent, seed });
        expect(chosen).toHaveLength(Math.max(1, Math.ceil((count * percent) / 100)));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(fleet(count)).toEqual(expect.arrayContaining(chosen));
      }),
    );
  });

  it('follows from names and seed alone, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(fleet(50), { minLength: 50 }),
        percents,
        fc.string(),
        (names, percent, seed) => {
          expect(chooseSystems(names, { percent, seed })).toEqual(
            chooseSystems(fleet(50), { percent, seed }),
          );
        },
      ),
    );
  });

  it('holds the smaller share in the greater one', () => {
    fc.assert(
      fc.property(percents, percents, fc.string(), (one, other, seed) => {
        const [small, great] = [Math.min(one, other), Math.max(one, other)];
        const greater = chooseSystems(fleet(50), { percent: great, seed });
        expect(greater).toEqual(expect.arrayContaining(chooseSystems(fleet(50), { percent: small, seed })));
      }),
    );
  });

  it('comes to every system in time', () => {
    const met = new Set(
      Array.from({ length: 100 }, (_, day) =>
        chooseSystems(fleet(50), { percent: 10, seed: `day ${day}` }),
      ).flat(),
    );
    expect(met.size).toBe(50);
  });

  it('is the one that was written down', () => {
    expect(chooseSystems(fleet(50), { percent: 10, seed: '2026-11-26' })).toEqual([
      'system-02',
      'system-06',
      'system-18',
      'system-23',
      'system-27',
    ]);
  });
});

it.each([
  [1, 3, false],
  [24, 50, false],
  [25, 50, true],
  [1, 1, true],
])('an outage of %d of %d systems is one of the fleet: %s', (drilled, stageSystems, expected) => {
  expect(hitsFleet(drilled, { stageSystems, share: null })).toBe(expected);
});
