import { describe, expect, it } from 'vitest';
import { heldPeriods } from './heldPeriods.ts';
import { askSameLoad } from './sameLoad.ts';
import { goodRun, periodSeconds, requestsPerSecond } from './testing/judgeInput.ts';

const run = goodRun();
const periods = heldPeriods(run.windows.hold, periodSeconds);
const perPeriod = requestsPerSecond * periodSeconds;
const counted = (perPeriodCounted: number, startsMs: readonly number[] = periods.startsMs) =>
  askSameLoad(
    'orders',
    run,
    { of: 'invocations', values: new Map(startsMs.map((startMs) => [startMs, perPeriodCounted])) },
    periods,
  );

describe('whether metrics are of this load', () => {
  it('is asked of the invocations that its good answers took; more are those of other callers', () => {
    expect(counted(perPeriod)).toMatchObject({ verdict: 'pass', worst: 100 });
    expect(counted(perPeriod * 3)).toMatchObject({ verdict: 'pass', worst: 300 });
    expect(counted(perPeriod * 0.8)).toMatchObject({ verdict: 'pass' });
    expect(counted(perPeriod * 0.79)).toMatchObject({ verdict: 'inconclusive' });
    expect(counted(0)).toMatchObject({ verdict: 'inconclusive', worst: 0 });
  });

  it('is asked of the periods that have them, and not known where none has', () => {
    expect(counted(perPeriod, periods.startsMs.slice(3))).toMatchObject({
      verdict: 'pass',
      worst: 100,
      reason:
        'CloudWatch counted the invocations that this load caused. Of 3 of 6 periods of 10 s it has no count.',
    });
    expect(counted(perPeriod / 2, periods.startsMs.slice(5))?.reason).toMatch(
      /Of 5 of 6 periods .* no count/,
    );
    expect(counted(perPeriod)?.reason).not.toMatch(/no count/);
    expect(counted(perPeriod, [])).toMatchObject({ verdict: 'inconclusive', worst: null });
  });

  it.each([
    { what: 'not asked of a hold in which all failed', failed: 1, expected: null },
    { what: 'not known where a script took other answers for right', failed: 0, expected: 'inconclusive' },
  ])('is $what', ({ failed, expected }) => {
    const without = {
      ...run,
      systems: run.systems.map((system) => ({
        ...system,
        hold: { ...system.hold, failed: system.hold.requests * failed },
        series: system.series.map((second) => ({ ...second, statuses: { 403: 30 } })),
      })),
    };
    const record = askSameLoad('orders', without, { of: 'invocations', values: new Map() }, periods);
    expect(record?.verdict ?? null).toBe(expected);
  });

  it('takes no invocation for what was refused before the function', () => {
    const refused = {
      ...run,
      systems: run.systems.map((system) => ({
        ...system,
        series: system.series.map((second) => ({ ...second, statuses: { 200: 10, 429: 20 } })),
      })),
    };
    const invocations = new Map(periods.startsMs.map((startMs) => [startMs, perPeriod / 3]));
    expect(askSameLoad('orders', refused, { of: 'invocations', values: invocations }, periods)).toMatchObject(
      { verdict: 'pass' },
    );
  });
});
