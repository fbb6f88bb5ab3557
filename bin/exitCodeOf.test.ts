import { describe, expect, it } from 'vitest';
import {
  exampleBreakpoint,
  exampleDelivery,
  exampleRecovery,
  exampleRun,
} from '../records/testing/examples.ts';
import { exitCodeOfBreakpoint, exitCodeOfDelivery, exitCodeOfRecovery, exitCodeOfRun } from './exitCodeOf.ts';

describe('the exit code', () => {
  const failed = [{ metric: 'checks', expression: 'rate>=0.99', ok: false, value: 0.5 }];
  it.each([
    ['of a run whose thresholds held', exampleRun, 0],
    ['of a run with a failed threshold', { ...exampleRun, thresholds: failed }, 99],
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
});
