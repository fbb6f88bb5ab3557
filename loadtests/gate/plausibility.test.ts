import { describe, expect, it } from 'vitest';
import { isSignal } from '../../monitoring/signals.ts';
import { judge, type JudgeInput } from './judge.ts';
import { heldPeriods } from './heldPeriods.ts';
import { config, goodRun, judgeInput, metricsOf, periodSeconds } from './testing/judgeInput.ts';

/** A run of 60 s in which one signal of `orders` has one value throughout, in percent. */
const inputWith = (signal: string, percent: number, changes: Partial<JudgeInput> = {}): JudgeInput => {
  const { startsMs } = heldPeriods(goodRun().windows.hold, periodSeconds);
  const metrics = metricsOf(startsMs, (system, id) => {
    if (system === 'orders' && id === signal) return percent;
    return id === 'errorRate' || !isSignal(id) ? 0 : 40;
  });
  return judgeInput({ metrics, ...changes });
};

const recordOf = (input: JudgeInput, signal: string) => {
  const verdict = judge(input);
  const record = verdict.records.find((each) => each.system === 'orders' && each.signal === signal);
  return { overall: verdict.verdict, verdict: record?.verdict, reason: record?.reason, worst: record?.worst };
};

const onAws = { run: { ...goodRun(), place: 'aws' as const }, place: 'aws' as const };

describe('a reading that cannot be true is no data', () => {
  it.each<[string, string, number, Partial<JudgeInput>, string]>([
    ['no number', 'databaseCpu', Number.NaN, {}, 'a reading is not a number'],
    ['an endless one', 'databaseDisk', Number.POSITIVE_INFINITY, {}, 'a reading is not a number'],
    ['less than nothing', 'functionMemory', -5, {}, 'a reading is below zero'],
    ['more than a whole', 'databaseDisk', 140, {}, 'a reading of 140 % is more than the whole'],
    ['percent for a share', 'errorRate', 200, {}, 'a reading of 200 % is more than the whole'],
    ['no connections', 'databaseConnections', 0, {}, 'there was no connection where requests were answered'],
    ['no execution', 'functionConcurrency', 0, {}, 'there was no execution where requests were answered'],
    ['a share for percent', 'functionMemory', 0.4, {}, 'no reading is above 1: shares, not percent'],
    ['the same of the subscriber', 'subscriberMemory', 0.4, {}, 'no reading is above 1: shares, not percent'],
    ['the same of a cluster', 'databaseCpu', 0.9, onAws, 'no reading is above 1: shares, not percent'],
  ])('%s', (_, signal, percent, changes, reason) => {
    expect(recordOf(inputWith(signal, percent, changes), signal)).toEqual({
      overall: 'inconclusive',
      verdict: 'inconclusive',
      worst: null,
      reason: `CloudWatch has no plausible data for the hold: ${reason}.`,
    });
  });

  it.each<[string, string, number, Partial<JudgeInput>]>([
    ['a small database of this machine', 'databaseCpu', 0.3, {}],
    [
      'a large function',
      'functionMemory',
      0.7,
      { config: { ...config, api: { ...config.api, memoryMiB: 10_240 } } },
    ],
    [
      'a large subscriber',
      'subscriberMemory',
      0.7,
      { config: { ...config, subscriber: { ...config.subscriber, memoryMiB: 10_240 } } },
    ],
    ['an empty disk', 'databaseDisk', 0.2, onAws],
  ])('%s is none', (_, signal, percent, changes) => {
    expect(recordOf(inputWith(signal, percent, changes), signal)).toMatchObject({
      verdict: 'pass',
      worst: percent,
    });
  });

  it('and what failed beside it has failed', () => {
    const { startsMs } = heldPeriods(goodRun().windows.hold, periodSeconds);
    const metrics = metricsOf(startsMs, (_, id, index) => {
      if (id === 'databaseCpu') return index === 2 ? Number.NaN : 95;
      return id === 'errorRate' || !isSignal(id) ? 0 : 40;
    });
    expect(recordOf(judgeInput({ metrics }), 'databaseCpu')).toEqual({
      overall: 'fail',
      verdict: 'fail',
      worst: 95,
      reason:
        'The limit was reached in 5 of 6 periods of 10 s, and none may. ' +
        'Also: 1 of 6 periods of 10 s have no plausible data: a reading is not a number.',
    });
  });
});
