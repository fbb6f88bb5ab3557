import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../monitoring/limits.ts';
import { signalsOf } from '../../monitoring/signals.ts';
import type { RunFile } from '../../records/run.ts';
import { heldPeriods } from './heldPeriods.ts';
import { judge, missingValues, type JudgeInput } from './judge.ts';
import { goodRun, judgeInput, holdStartMs, metricsOf, periodSeconds, systems } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile, type VerdictRecord } from '../../records/verdict.ts';

const [orders] = systems;
const signals = signalsOf(orders!, periodSeconds);
const signalIds = Object.keys(signals) as (keyof typeof signals)[];
const mustAlwaysPublish = signalIds.filter((id) => signals[id].missingData === 'missing');

const recordOf = (verdict: VerdictFile, system: string | null, signal: string): VerdictRecord => {
  const record = verdict.records.find((each) => each.system === system && each.signal === signal);
  if (!record) throw new Error(`no record ${system} ${signal}`);
  return record;
};

/** JudgeInput in which one signal of one system has these percentages, period by period. */
const withSignal = (signal: string, percents: readonly (number | null)[], run = goodRun()): JudgeInput => {
  const periods = heldPeriods(run.windows.hold, periodSeconds);
  return judgeInput({
    run,
    metrics: metricsOf(periods.startsMs, (system, id, index) => {
      if (system === 'orders' && id === signal) return percents[index] ?? null;
      return id === 'errorRate' ? 0 : 40;
    }),
  });
};

const changedRun = (change: (run: RunFile) => void): RunFile => {
  const run = goodRun();
  change(run);
  return run;
};

describe('a faultless run with room in every signal', () => {
  const verdict = judge(judgeInput());

  it('passes, signal by signal', () => {
    expect(verdict.records.filter((record) => record.verdict !== 'pass')).toEqual([]);
    expect(verdict.verdict).toBe('pass');
    expect(recordOf(verdict, 'orders', 'databaseConnections')).toMatchObject({ worst: 40, headroom: 40 });
  });

  it('is a verdict file, and a rehearsal on this machine', () => {
    expect(verdictFileSchema.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({ rehearsal: true, place: 'local', judgedAt: '2026-01-05T12:02:00.000Z' });
    const run: RunFile = { ...goodRun(), place: 'aws' };
    expect(judge(judgeInput({ run })).rehearsal).toBe(false);
    // An emulator that was asked for the metrics alone.
    expect(judge(judgeInput({ run, place: 'local' }))).toMatchObject({ place: 'local', rehearsal: true });
  });

  it('asks everything of every system', () => {
    for (const { system } of systems) {
      expect(
        verdict.records.filter((record) => record.system === system).map(({ signal }) => signal),
      ).toEqual([...signalIds, 'load', 'failedRequests', 'latencyP99']);
    }
  });
});

describe("the alarm's question", () => {
  it.each([
    { percents: [40, 80, 80, 80, 40, 40], expected: 'fail' },
    { percents: [40, 40, 40, 100, 100, 100], expected: 'fail' },
    { percents: [80, 80, 40, 80, 80, 40], expected: 'pass' },
    { percents: [79.9, 79.9, 79.9, 79.9, 79.9, 79.9], expected: 'pass' },
  ])('three of three periods in a row: $percents is a $expected', ({ percents, expected }) => {
    const record = recordOf(judge(withSignal('databaseCpu', percents)), 'orders', 'databaseCpu');
    expect(record).toMatchObject({ verdict: expected, worst: Math.max(...percents), limit: 80 });
    expect(record.headroom).toBeCloseTo(80 - Math.max(...percents));
  });

  it.each([
    { percents: [0, 1, 0, 1, 0, 0], expected: 'fail' },
    { percents: [1, 0, 0, 1, 0, 0], expected: 'pass' },
  ])('two of three periods for errors: $percents is a $expected', ({ percents, expected }) => {
    expect(recordOf(judge(withSignal('errorRate', percents)), 'orders', 'errorRate').verdict).toBe(expected);
  });

  it('concerns the system alone', () => {
    const verdict = judge(withSignal('databaseCpu', [90, 90, 90, 90, 90, 90]));
    expect(verdict.records.filter((record) => record.verdict === 'fail')).toHaveLength(1);
    expect(verdict.verdict).toBe('fail');
  });
});

describe('missing data', () => {
  it.each(mustAlwaysPublish)('one missing period of %s is inconclusive', (id) => {
    const verdict = judge(withSignal(id, [40, 40, null, 40, 40, 40]));
    expect(recordOf(verdict, 'orders', id)).toMatchObject({
      verdict: 'inconclusive',
      reason: '1 of 6 periods of 10 s have no data.',
    });
    expect(verdict.verdict).toBe('inconclusive');
  });

  it('hides a failure no better than it hides a pass', () => {
    const record = recordOf(
      judge(withSignal('databaseCpu', [90, 90, 90, 90, 90, null])),
      'orders',
      'databaseCpu',
    );
    expect(record.verdict).toBe('inconclusive');
    expect(record.reason).toContain('5 of the others reached the limit');
  });

  it('is explained where nothing was asked and the signal is published only on use', () => {
    const run = changedRun(({ systems: [first] }) => {
      // Seconds 20 to 29 of the run are the hold's first period.
      first!.series = first!.series.filter(({ second }) => second < 20 || second >= 30);
    });
    const quiet = [null, 40, 40, 40, 40, 40];
    expect(
      recordOf(judge(withSignal('functionMemory', quiet, run)), 'orders', 'functionMemory').verdict,
    ).toBe('pass');
    expect(recordOf(judge(withSignal('functionMemory', quiet)), 'orders', 'functionMemory').verdict).toBe(
      'inconclusive',
    );
    expect(recordOf(judge(withSignal('databaseCpu', quiet, run)), 'orders', 'databaseCpu').verdict).toBe(
      'inconclusive',
    );
  });

  it.each(signalIds)('nothing at all of %s is inconclusive, even if nothing was asked', (id) => {
    const run = changedRun(({ systems: [first] }) => void (first!.series = []));
    const record = recordOf(judge(withSignal(id, [], run)), 'orders', id);
    expect(record).toMatchObject({ verdict: 'inconclusive', worst: null, headroom: null });
  });

  it('counts what is worth waiting for', () => {
    expect(missingValues(judgeInput())).toBe(0);
    expect(missingValues(withSignal('databaseCpu', [40, null, null, 40, 40, 40]))).toBe(2);
    expect(missingValues(withSignal('errorRate', []))).toBe(6);
  });
});

describe('a hold that is too short', () => {
  it('is inconclusive, and says how long it must be', () => {
    const verdict = judge(judgeInput({ run: goodRun(29) }));
    expect(recordOf(verdict, 'orders', 'databaseCpu')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'The hold has 2 whole periods of 10 s and the alarm asks about 3: hold for at least 40 s.',
    });
  });

  it('is never shorter than what it asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999 }), (offsetMs) => {
        const start = holdStartMs + offsetMs;
        const hold = { start: new Date(start).toISOString(), end: new Date(start + 40_000).toISOString() };
        const { startsMs } = heldPeriods(hold, 10);
        expect(startsMs.length).toBeGreaterThanOrEqual(3);
        expect(startsMs[0]!).toBeGreaterThanOrEqual(start);
        expect(startsMs.at(-1)! + 10_000).toBeLessThanOrEqual(start + 40_000);
      }),
    );
  });
});

describe('the run itself', () => {
  it.each<[string, string | null, string, VerdictRecord['verdict'], (run: RunFile) => void]>([
    ['failed requests', 'orders', 'failedRequests', 'fail', (run) => void (run.systems[0]!.hold.failed = 18)],
    [
      'no request',
      'orders',
      'failedRequests',
      'inconclusive',
      (run) => void (run.systems[0]!.hold.requests = 0),
    ],
    [
      'a slow p99',
      'orders',
      'latencyP99',
      'fail',
      (run) => void (run.systems[0]!.hold.latencyMs!.p99 = limits.latencyP99Ms),
    ],
    [
      'no answer',
      'orders',
      'latencyP99',
      'inconclusive',
      (run) => void (run.systems[0]!.hold.latencyMs = null),
    ],
    [
      'a load below the peak',
      'orders',
      'load',
      'inconclusive',
      (run) => void (run.systems[0]!.hold.achievedPerSecond = 29),
    ],
    ['a system left out', 'orders', 'load', 'inconclusive', (run) => void run.systems.shift()],
    [
      'a saturated generator',
      null,
      'generatorCpu',
      'inconclusive',
      (run) => void (run.generator.cpuPercent = 80),
    ],
    [
      'dropped iterations',
      null,
      'generatorSchedule',
      'inconclusive',
      (run) => void (run.generator.droppedIterations = 48),
    ],
    [
      'late iterations',
      null,
      'generatorSchedule',
      'inconclusive',
      (run) => void (run.generator.lateIterations = 48),
    ],
    [
      'an early end',
      null,
      'run',
      'inconclusive',
      (run) => Object.assign(run, { complete: false, reason: 'interrupted' }),
    ],
    [
      'a crossed threshold',
      null,
      'threshold:http_req_failed',
      'fail',
      (run) => void (run.thresholds[0]!.ok = false),
    ],
    [
      'a threshold without samples',
      null,
      'threshold:http_req_failed',
      'inconclusive',
      (run) => void (run.thresholds[0]!.value = null),
    ],
  ])('%s', (_, system, signal, expected, change) => {
    const verdict = judge(judgeInput({ run: changedRun(change) }));
    expect(recordOf(verdict, system, signal).verdict).toBe(expected);
    expect(verdict.verdict).toBe(expected);
  });

  it('may not load what the stage does not know', () => {
    const verdict = judge(judgeInput({ systems: systems.slice(0, 1) }));
    expect(recordOf(verdict, null, 'run')).toMatchObject({ verdict: 'inconclusive' });
    expect(recordOf(verdict, null, 'run').reason).toContain('returns');
  });

  it('is judged by its schedule where the engine does not tell its CPU', () => {
    const verdict = judge(
      judgeInput({
        run: changedRun((run) => Object.assign(run.generator, { cpuPercent: null, lateIterations: null })),
      }),
    );
    expect(verdict.verdict).toBe('pass');
    expect(verdict.records.some(({ signal }) => signal === 'generatorCpu')).toBe(false);
  });

  it('is inconclusive rather than failed when both hold', () => {
    const run = changedRun((each) => {
      each.systems[0]!.hold.failed = 100;
      each.generator.cpuPercent = 99;
    });
    expect(judge(judgeInput({ run })).verdict).toBe('inconclusive');
  });
});

describe('whatever the metrics say', () => {
  const percent = fc.option(
    fc.oneof(fc.constantFrom(0, 1, 80), fc.double({ min: 0, max: 120, noNaN: true })),
    { freq: 8 },
  );
  const matrix = fc.array(fc.array(percent, { minLength: 6, maxLength: 6 }), {
    minLength: 2 * signalIds.length,
    maxLength: 2 * signalIds.length,
  });
  const row = (system: string, id: string): number =>
    (system === 'orders' ? 0 : signalIds.length) + signalIds.indexOf(id as (typeof signalIds)[number]);
  const inputOf = (values: readonly (readonly (number | null)[])[], run = goodRun()): JudgeInput => {
    const { startsMs } = heldPeriods(run.windows.hold, periodSeconds);
    return judgeInput({
      run,
      metrics: metricsOf(startsMs, (system, id, index) => values[row(system, id)]![index]!),
    });
  };
  const strength = { pass: 0, fail: 1, inconclusive: 2 };

  it('a pass has seen data, and as much as the alarm asks about', () => {
    fc.assert(
      fc.property(matrix, fc.integer({ min: 0, max: 70 }), (values, holdSeconds) => {
        const verdict = judge(inputOf(values, goodRun(holdSeconds)));
        for (const record of verdict.records.filter(({ signal }) => signalIds.includes(signal as never))) {
          if (record.verdict !== 'pass') continue;
          expect(record.worst).not.toBeNull();
          expect(holdSeconds).toBeGreaterThanOrEqual(30);
          expect(
            values[row(record.system!, record.signal)]!.slice(0, Math.floor(holdSeconds / 10)),
          ).not.toContain(null);
        }
      }),
    );
  });

  it('raising a value never makes a verdict milder', () => {
    fc.assert(
      fc.property(
        matrix,
        fc.nat(11),
        fc.nat(5),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (values, signal, index, more) => {
          const before = values[signal]![index]!;
          const raised = values.map((line) => [...line]);
          raised[signal]![index] = before === null ? null : before + more;
          expect(strength[judge(inputOf(raised)).verdict]).toBeGreaterThanOrEqual(
            strength[judge(inputOf(values)).verdict],
          );
        },
      ),
    );
  });

  it('losing a value never makes a verdict milder', () => {
    fc.assert(
      fc.property(matrix, fc.nat(11), fc.nat(5), (values, signal, index) => {
        const lost = values.map((line) => [...line]);
        lost[signal]![index] = null;
        expect(strength[judge(inputOf(lost)).verdict]).toBeGreaterThanOrEqual(
          strength[judge(inputOf(values)).verdict],
        );
      }),
    );
  });

  it('the whole is as strong as its strongest record, and the same every time', () => {
    fc.assert(
      fc.property(matrix, (values) => {
        const verdict = judge(inputOf(values));
        expect(strength[verdict.verdict]).toBe(
          Math.max(...verdict.records.map((record) => strength[record.verdict])),
        );
        expect(judge(inputOf(values))).toEqual(verdict);
        expect(verdictFileSchema.safeParse(verdict).success).toBe(true);
      }),
    );
  });
});
