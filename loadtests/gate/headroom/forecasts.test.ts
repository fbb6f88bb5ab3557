import { describe, expect, it } from 'vitest';
import { median } from '../../../core/statistics.ts';
import { headroomOf } from './headroom.ts';
import { services } from './testing/services.ts';
import { simulatedRun, trueCrossing } from './testing/simulatedRun.ts';

/** Of the true crossing: a run that says little of it, and one that is near. */
const shares = [0.4, 0.8];

const shareOf = <T>(all: readonly T[], holds: (one: T) => boolean): number =>
  all.filter(holds).length / all.length;

describe.each(Object.entries(services))('%s:', (_, service) => {
  const truth = trueCrossing(service);

  /** What runs forecast, as multiples of the truth. */
  const forecasts = (rampPeriods: number, runs: number) =>
    shares.flatMap((share) =>
      Array.from({ length: runs }, (__, seed) => {
        const shape = { load: share * truth, rampPeriods, heldPeriods: 10 };
        const { run, resources } = simulatedRun(service, shape, 1_000 + 7_919 * seed);
        const { atLeast, bindsFirst, resources: judged } = headroomOf(run, resources);
        const likely = judged.find(({ id }) => id === bindsFirst)?.likely;
        return {
          atLeast: atLeast / truth,
          likely: likely && {
            value: likely.value / truth,
            low: likely.low / truth,
            high: (likely.high ?? Infinity) / truth,
          },
        };
      }),
    );

  it('a ramp and a hold give a bound that holds and an interval around the truth', () => {
    const all = forecasts(3, 20);
    const likely = all.flatMap((one) => one.likely ?? []);

    expect(shareOf(all, ({ atLeast }) => atLeast <= 1)).toBeGreaterThanOrEqual(0.95);
    // A bound far below it would always hold.
    expect(median(all.map(({ atLeast }) => atLeast))).toBeGreaterThan(0.25);
    expect(likely.length).toBeGreaterThan(0.8 * all.length);
    expect(shareOf(likely, ({ low, high }) => low <= 1 && high >= 1)).toBeGreaterThanOrEqual(0.9);
    expect(median(likely.map(({ value }) => Math.abs(value - 1)))).toBeLessThan(0.2);
  });

  it('so does a load that never changes, with a bound that holds', () => {
    const all = forecasts(0, 10);

    expect(shareOf(all, ({ atLeast }) => atLeast <= 1)).toBeGreaterThanOrEqual(0.95);
    expect(median(all.map(({ atLeast }) => atLeast))).toBeGreaterThan(0.05);
  });
});
