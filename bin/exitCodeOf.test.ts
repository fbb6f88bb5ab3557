import { describe, expect, it } from 'vitest';
import {
  exampleBreakpoint,
  exampleComparison,
  exampleDelivery,
  exampleRecovery,
  exampleRun,
} from '../records/testing/examples.ts';
import {
  exitCodeOfBreakpoint,
  exitCodeOfComparison,
  exitCodeOfDelivery,
  exitCodeOfPlan,
  exitCodeOfRecovery,
  exitCodeOfRun,
} from './exitCodeOf.ts';

describe('the exit code', () => {
  const failed = [{ metric: 'checks', expression: 'rate>=0.99', ok: false, value: 0.5 }];
  it.each([
    ['of a run whose thresholds held', exampleRun, 0],
    ['of a run with a failed threshold', { ...exampleRun, thresholds: failed }, 99],
    [
      'of a run that left a system out',
      { ...exampleRun, notLoaded: [{ system: 'system-03', reason: 'seeding failed' }], thresholds: failed },
      11,
    ],
    ['of a run that was stopped', { ...exampleRun, complete: false, reason: 'interrupted' }, 11],
    [
      'of a run that a threshold ended is that of k6, also when it held again by the end',
      {
        ...exampleRun,
        complete: false,
        reason: 'it',
        abortedBy: { metric: 'checks', expression: 'rate>=1' },
      },
      99,
    ],
  ])('%s', (_, run, code) => {
    expect(exitCodeOfRun(run)).toBe(code);
  });

  it('of a breakpoint tells only whether there is an answer, of a spike whether it was recovered from', () => {
    expect(exitCodeOfBreakpoint({ ...exampleBreakpoint, answer: 'crossed' })).toBe(0);
    expect(exitCodeOfBreakpoint({ ...exampleBreakpoint, answer: 'notCrossed' })).toBe(0);
    expect(exitCodeOfBreakpoint({ ...exampleBreakpoint, answer: 'inconclusive' })).toBe(11);
    expect(exitCodeOfRecovery({ ...exampleRecovery, answer: 'recovered' })).toBe(0);
    expect(exitCodeOfRecovery({ ...exampleRecovery, answer: 'notRecovered' })).toBe(10);
    expect(exitCodeOfRecovery({ ...exampleRecovery, answer: 'inconclusive' })).toBe(11);
    expect(exitCodeOfDelivery({ ...exampleDelivery, answer: 'delivered' })).toBe(0);
    expect(exitCodeOfDelivery({ ...exampleDelivery, answer: 'notDelivered' })).toBe(10);
    expect(exitCodeOfDelivery({ ...exampleDelivery, answer: 'inconclusive' })).toBe(11);
  });

  it.each([
    ['noRegression', 0],
    ['regression', 10],
    ['inconclusive', 11],
  ] as const)('of a comparison that says %s is %i', (answer, code) => {
    expect(exitCodeOfComparison({ ...exampleComparison, answer })).toBe(code);
  });

  it('of a plan is 10 where a quota or the connections do not hold, and at the limit they do', () => {
    const plan = (used: number, needed: number) =>
      exitCodeOfPlan({
        quotas: [
          { name: 'fits', used: 1, limit: 2, usedPercent: 50, adjustable: true, scope: 'account' },
          { name: 'asked', used, limit: 10, usedPercent: 10 * used, adjustable: true, scope: 'account' },
        ],
        connections: { needed, allowed: 40, sum: '' },
      });
    expect([plan(10, 40), plan(11, 40), plan(10, 41)]).toEqual([0, 10, 10]);
  });
});
