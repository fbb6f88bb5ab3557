import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { percentile } from '../../core/statistics.ts';
import { formatRecovery } from './formatRecovery.ts';
import { recoveryOf } from './recovery.ts';
import { recoveryFileSchema, type SystemRecovery } from '../../records/recovery.ts';
import { goodRun, holdStartMs, periodSeconds } from './testing/judgeInput.ts';
import { recordedSystem, requests, type AskedSecond } from './testing/recordedSystem.ts';

const iso = (second: number): string => new Date(holdStartMs + second * 1_000).toISOString();
const stretch = (from: number, to: number) => ({
  startMs: holdStartMs + from * 1_000,
  endMs: holdStartMs + to * 1_000,
});
const between = (from: number, to: number) => ({ start: iso(from), end: iso(to) });

const calm = { requests: requests(3) };
const slow = (latencyMs: number): AskedSecond => ({ requests: requests(3, { latencyMs }) });
const busy = { requests: requests(12) };
const failing = (latencyMs = 10, count = 3): AskedSecond => ({
  requests: requests(count, { status: 503, latencyMs }),
});

/** 30 s before, 5 s up, 20 s of spike, 5 s down and 10 s to settle, 30 s after. */
function spike(
  asked: (second: number) => AskedSecond | null = () => null,
  more: Partial<RunFile> = {},
): RunFile {
  const windows = { before: stretch(0, 30), hold: stretch(35, 55), after: stretch(70, 100) };
  const options = { startMs: holdStartMs, windows, periodSeconds, seconds: 100 };
  return {
    ...goodRun(),
    profile: 'spike',
    windows: {
      run: between(0, 100),
      ramp: between(30, 35),
      hold: between(35, 55),
      before: between(0, 30),
      after: between(70, 100),
    },
    systems: [
      recordedSystem(
        'orders',
        options,
        (second) => asked(second) ?? (second >= 30 && second < 60 ? busy : calm),
      ),
    ],
    ...more,
  };
}

const found = (run: RunFile): SystemRecovery => recoveryFileSchema.parse(recoveryOf(run)).systems[0]!;

describe('after a spike', () => {
  it('a system that answers as before has recovered, whatever it did meanwhile', () => {
    const run = spike((second) => (second >= 33 && second < 58 ? failing(3_000, 12) : null));
    expect(found(run)).toMatchObject({
      answer: 'recovered',
      before: { requests: 90, failed: 0, latencyP95Ms: 10 },
      during: { requests: 240, failed: 240, latencyP95Ms: 3_000 },
      after: { requests: 90, failed: 0, latencyP95Ms: 10 },
      backAfterSeconds: 3,
    });
    expect(formatRecovery(recoveryOf(run)!)).toBe(
      'orders: recovered, errors and latency are as before (before 0 of 90 failed, p95 10.0 ms; ' +
        'spike 240 of 240 failed, p95 3000.0 ms; after 0 of 90 failed, p95 10.0 ms; back after 3 s)',
    );
  });

  it.each([
    ['that stood still for a while', { lateIterations: 1_960 }, '1960 of 570 iterations started late'],
    ['that was saturated', { cpuPercent: 97 }, 'the generator itself was saturated'],
  ])('nothing is known where the load came from a generator %s', (_, own, reason) => {
    const { generator } = goodRun();
    const run = spike(() => null, { generator: { ...generator, ...own } });
    expect(found(run)).toMatchObject({
      answer: 'inconclusive',
      reason: expect.stringContaining(reason) as string,
      backAfterSeconds: null,
    });
    expect(recoveryOf(run)?.answer).toBe('inconclusive');
  });

  it('one slow second later on is no part of it', () => {
    expect(found(spike((second) => (second === 90 ? slow(500) : null)))).toMatchObject({
      answer: 'recovered',
      backAfterSeconds: 0,
    });
  });

  it('a system that still fails, or is much slower than before, has not', () => {
    const fails = spike((second) => (second >= 35 ? failing(10, second < 60 ? 12 : 3) : null));
    expect(found(fails)).toMatchObject({ answer: 'notRecovered', backAfterSeconds: null });
    expect(recoveryOf(fails)?.answer).toBe('notRecovered');
    // Well within the limit of a second, and no recovery all the same.
    expect(found(spike((second) => (second >= 60 ? slow(61) : null)))).toMatchObject({
      answer: 'notRecovered',
      reason: 'answers are slower than 60 ms after the spike',
    });
    expect(found(spike((second) => (second >= 60 ? slow(59) : null))).answer).toBe('recovered');
  });

  it('slow is what most of the requests after it were, not the middle of its seconds', () => {
    // 14 of 30 seconds: the median of the seconds' percentiles is a calm one.
    const run = spike((second) => (second >= 70 && second < 84 ? slow(900) : null));
    expect(found(run)).toMatchObject({
      answer: 'notRecovered',
      reason: 'answers are slower than 60 ms after the spike',
      after: { requests: 90, failed: 0 },
      backAfterSeconds: 0,
    });
    expect(found(run).after.latencyP95Ms).toBeCloseTo(900, 0);
  });

  it('is the percentile of all requests, whatever seconds they fell into', () => {
    const latencies = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 30, maxLength: 90 });
    fc.assert(
      fc.property(latencies, (after) => {
        const run = spike((second) =>
          second < 70
            ? null
            : {
                requests: after
                  .filter((_, index) => index % 30 === second - 70)
                  .map((latencyMs) => ({ latencyMs })),
              },
        );
        const exact = percentile(after, 95);
        expect(Math.abs(found(run).after.latencyP95Ms! - exact)).toBeLessThanOrEqual(exact / 1_000);
      }),
      { numRuns: 60 },
    );
  });

  it('a system that has not recovered weighs more than one of which nothing is known, and both are named', () => {
    const [fails] = spike((second) => (second >= 35 ? failing(10, second < 60 ? 12 : 3) : null)).systems;
    const run = spike();
    const [good] = run.systems;
    const { before: _before, after: _after, ...unknown } = { ...good!, system: 'unknown' };
    const of = (...systems: RunFile['systems']) => recoveryOf({ ...run, systems });
    expect(of(good!, unknown)?.answer).toBe('inconclusive');
    const all = of(good!, unknown, { ...fails!, system: 'failing' })!;
    expect(all.answer).toBe('notRecovered');
    expect(formatRecovery(all)).toMatch(
      /unknown: inconclusive, .*\nfailing: NOT RECOVERED, requests still fail/,
    );
  });

  it('nothing is known from a file that tells the seconds alone', () => {
    const run = spike();
    const [{ before: _before, after: _after, ...old }] = run.systems as [RunFile['systems'][number]];
    expect(found({ ...run, systems: [old] })).toMatchObject({
      answer: 'inconclusive',
      reason: 'the run file has no latencies before and after: an earlier version wrote it',
      after: { latencyP95Ms: null },
    });
  });

  it.each<[string, RunFile]>([
    ['a run that was stopped', spike(() => null, { complete: false, reason: 'interrupted' })],
    ['requests that failed before it', spike((second) => (second < 2 ? failing() : null))],
    [
      'a spike in which no user was free',
      spike((second) => (second >= 30 && second < 60 ? { requests: [], dropped: 12 } : null)),
    ],
    [
      'a spike that asked no more than before',
      spike((second) => (second >= 30 && second < 60 ? calm : null)),
    ],
    ['no system', spike(() => null, { systems: [] })],
    ['no request after it', spike((second) => (second >= 60 ? { requests: [] } : null))],
  ])('nothing is known from %s', (_, run) => {
    expect(recoveryOf(run)?.answer).toBe('inconclusive');
  });

  it.each([
    [99, 'notRecovered'],
    [100, 'recovered'],
  ] as const)('one failure beside %d good answers: at the limit as over it', (good, answer) => {
    const last = { requests: [...requests(good - 87), ...requests(1, { status: 503 })] };
    const { after, answer: given } = found(spike((second) => (second === 80 ? last : null)));
    expect([after.requests, after.failed, given]).toEqual([good + 1, 1, answer]);
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
          rank[found(spike((second) => (of.includes(second) ? failing() : null))).answer];
        expect(answerTo([...bad, more])).toBeGreaterThanOrEqual(answerTo(bad));
      }),
      { numRuns: 60 },
    );
  });
});
