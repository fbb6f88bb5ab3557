import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { formatRecovery } from './formatRecovery.ts';
import { recoveryOf } from './recovery.ts';
import { recoveryFileSchema, type SystemRecovery } from '../../records/recovery.ts';
import { goodRun, holdStartMs } from './testing/judgeInput.ts';

type Second = RunFile['systems'][number]['series'][number];

const iso = (second: number): string => new Date(holdStartMs + second * 1_000).toISOString();
const between = (from: number, to: number) => ({ start: iso(from), end: iso(to) });

/** 30 s before, 5 s up, 20 s of spike, 5 s down and 10 s to settle, 30 s after. */
function spike(
  change: (second: number) => Partial<Second> = () => ({}),
  more: Partial<RunFile> = {},
): RunFile {
  const run = goodRun();
  const [system] = run.systems;
  const latencyMs = { p50: 5, p95: 10, p99: 20, max: 40 };
  return {
    ...run,
    profile: 'spike',
    windows: {
      run: between(0, 100),
      ramp: between(30, 35),
      hold: between(35, 55),
      before: between(0, 30),
      after: between(70, 100),
    },
    systems: [
      {
        ...system!,
        series: Array.from({ length: 100 }, (_, second) => ({
          ...system!.series[0]!,
          second,
          statuses: { '200': 3 },
          latencyMs,
          ...change(second),
        })),
      },
    ],
    ...more,
  };
}

const found = (run: RunFile): SystemRecovery => recoveryFileSchema.parse(recoveryOf(run)).systems[0]!;
const latency = (p95: number) => ({ latencyMs: { p50: 5, p95, p99: p95, max: p95 } });
const failing = { failed: 3, statuses: { '503': 3 } };

describe('after a spike', () => {
  it('a system that answers as before has recovered, whatever it did meanwhile', () => {
    const run = spike((second) => (second >= 33 && second < 58 ? { ...failing, ...latency(3_000) } : {}));
    expect(found(run)).toMatchObject({
      answer: 'recovered',
      before: { requests: 90, failed: 0, latencyP95Ms: 10 },
      during: { requests: 60, failed: 60, latencyP95Ms: 3_000 },
      after: { requests: 90, failed: 0, latencyP95Ms: 10 },
      backAfterSeconds: 3,
    });
    expect(formatRecovery(recoveryOf(run)!)).toBe(
      'orders: recovered, errors and latency are as before (before 0 of 90 failed, p95 10.0 ms; ' +
        'spike 60 of 60 failed, p95 3000.0 ms; after 0 of 90 failed, p95 10.0 ms; back after 3 s)',
    );
  });

  it.each([
    ['that stood still for a while', { lateIterations: 1_960 }, '1960 of 3000 iterations started late'],
    ['that was saturated', { cpuPercent: 97 }, 'the generator itself was saturated'],
  ])('nothing is known where the load came from a generator %s', (_, own, reason) => {
    const { generator } = goodRun();
    const run = spike(() => ({}), { generator: { ...generator, ...own } });
    expect(found(run)).toMatchObject({
      answer: 'inconclusive',
      reason: expect.stringContaining(reason) as string,
      backAfterSeconds: null,
    });
    expect(recoveryOf(run)?.answer).toBe('inconclusive');
  });

  it('one slow second later on is no part of it', () => {
    expect(found(spike((second) => (second === 90 ? latency(500) : {})))).toMatchObject({
      answer: 'recovered',
      backAfterSeconds: 0,
    });
  });

  it('a system that still fails, or is much slower than before, has not', () => {
    const fails = spike((second) => (second >= 35 ? failing : {}));
    expect(found(fails)).toMatchObject({ answer: 'notRecovered', backAfterSeconds: null });
    expect(recoveryOf(fails)?.answer).toBe('notRecovered');
    // Well within the limit of a second, and no recovery all the same.
    expect(found(spike((second) => (second >= 35 ? latency(61) : {})))).toMatchObject({
      answer: 'notRecovered',
      reason: 'answers are slower than 60 ms after the spike',
    });
    expect(found(spike((second) => (second >= 35 ? latency(59) : {}))).answer).toBe('recovered');
  });

  it.each<[string, RunFile]>([
    ['a run that was stopped', spike(() => ({}), { complete: false, reason: 'interrupted' })],
    ['requests that failed before it', spike((second) => (second < 2 ? failing : {}))],
    ['no request after it', spike((second) => (second >= 60 ? { statuses: {}, latencyMs: null } : {}))],
  ])('nothing is known from %s', (_, run) => {
    expect(found(run).answer).toBe('inconclusive');
  });

  it('is no question of another profile', () => {
    expect(recoveryOf(goodRun())).toBeUndefined();
  });

  it('more failures never make a recovery', () => {
    const seconds = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 40 });
    const rank = { recovered: 0, notRecovered: 1, inconclusive: 2 };
    fc.assert(
      fc.property(seconds, fc.integer({ min: 0, max: 99 }), (bad, more) => {
        const answerTo = (of: readonly number[]) =>
          rank[found(spike((second) => (of.includes(second) ? failing : {}))).answer];
        expect(answerTo([...bad, more])).toBeGreaterThanOrEqual(answerTo(bad));
      }),
      { numRuns: 60 },
    );
  });
});
