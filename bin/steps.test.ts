import { describe, expect, it } from 'vitest';
import {
  exampleBreakpoint,
  exampleRecovery,
  exampleRun,
} from '../infra/local/console/testing/exampleRuns.ts';
import { systemClock } from '../service/clock.ts';
import { UsageError } from './errors.ts';
import { codeOfBreakpoint, codeOfRecovery, codeOfRun, loadStep, type Target } from './steps.ts';
import { silentOutput } from './testing/silentOutput.ts';

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
    expect(codeOfRun(run)).toBe(code);
  });

  it('of a breakpoint tells only whether there is an answer, of a spike whether it was recovered from', () => {
    expect(codeOfBreakpoint({ ...exampleBreakpoint, answer: 'crossed' })).toBe(0);
    expect(codeOfBreakpoint({ ...exampleBreakpoint, answer: 'notCrossed' })).toBe(0);
    expect(codeOfBreakpoint({ ...exampleBreakpoint, answer: 'inconclusive' })).toBe(11);
    expect(codeOfRecovery({ ...exampleRecovery, answer: 'recovered' })).toBe(0);
    expect(codeOfRecovery({ ...exampleRecovery, answer: 'notRecovered' })).toBe(10);
    expect(codeOfRecovery({ ...exampleRecovery, answer: 'inconclusive' })).toBe(11);
  });
});

it('refuses a load that would outlast the credentials it is signed with', async () => {
  const expiration = new Date(Date.now() + 3_600_000);
  const credentials = () => Promise.resolve({ accessKeyId: 'id', secretAccessKey: 'secret', expiration });
  const target = {
    stage: 'qa',
    configurationHash: '',
    connection: { place: 'aws', clients: { sns: { config: { credentials } } } },
    systems: [],
  } as unknown as Target;
  const context = {
    clock: systemClock,
    random: () => 0,
    signal: new AbortController().signal,
    output: silentOutput,
  };
  const soak = { profile: 'soak', engine: 'embedded' as const, rampSeconds: 300, holdSeconds: 7_200 };
  const refused = loadStep(context, target, soak, 'never');
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(
    `these credentials end at ${expiration.toISOString()}, before the 7500 s of this run are over`,
  );
});
