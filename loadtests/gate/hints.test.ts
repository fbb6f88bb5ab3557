import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceFor } from './advice.ts';
import { isSignal } from '../../monitoring/signals.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge, type JudgeInput } from './judge.ts';
import { goodRun, judgeInput, holdStartMs, metricsOf, sizes } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile, type VerdictRecord } from '../../records/verdict.ts';

const judged = (
  percent: (system: string, signalId: string, index: number) => number,
  changes: Partial<JudgeInput> = {},
): VerdictFile => {
  const startsMs = Array.from({ length: 6 }, (_, index) => holdStartMs + index * 10_000);
  return verdictFileSchema.parse(judge(judgeInput({ metrics: metricsOf(startsMs, percent), ...changes })));
};
const textOf = (verdict: VerdictFile): string => formatVerdict(verdict, { color: false, width: 200 });

describe('the advice', () => {
  it('is what the most demanding system would have needed, a line a setting', () => {
    const verdict = judged((system, id) => {
      if (id === 'errorRate') return 0;
      if (id === 'databaseCpu') return system === 'orders' ? 130 : 85;
      if (id === 'databaseMemory') return 90;
      if (id === 'functionConcurrency') return 100;
      return 40;
    });
    expect(verdict.advice).toEqual([
      { setting: 'database.nodes', from: 2, to: 4, system: 'orders', signal: 'databaseCpu' },
      {
        setting: 'api.reservedConcurrency',
        from: 10,
        to: 13,
        system: 'orders',
        signal: 'functionConcurrency',
      },
    ]);
    expect(textOf(verdict)).toContain(
      'To regain the reserve, at least:\n  database.nodes from 2 to 4 (orders databaseCpu needs most)',
    );
  });

  it('would have kept the reserve, and asks for nothing where nothing failed', () => {
    const record = fc.record({
      system: fc.constantFrom('orders', 'returns'),
      signal: fc.constantFrom('databaseCpu', 'databaseConnections', 'functionMemory', 'functionConcurrency'),
      worst: fc.double({ min: 80, max: 400, noNaN: true }),
      verdict: fc.constantFrom('pass' as const, 'fail' as const, 'inconclusive' as const),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (failures) => {
        const records = failures.map((failure): VerdictRecord => ({
          ...failure,
          limit: 80,
          headroom: 0,
          unit: 'percent',
          reason: '',
        }));
        const advice = adviceFor(records, sizes);
        const failed = records.filter(({ verdict }) => verdict === 'fail');
        expect(advice.length > 0).toBe(failed.length > 0);
        for (const { worst, signal } of failed) {
          const { from, to } = advice.find(
            ({ setting }) =>
              adviceFor([failed.find((one) => one.signal === signal)!], sizes)[0]!.setting === setting,
          )!;
          expect((worst! * from) / to).toBeLessThanOrEqual(80 + 1e-9);
          expect(to).toBeGreaterThan(from);
        }
      }),
    );
  });

  it('is not given for what no setting changes', () => {
    const run = goodRun();
    run.systems[0]!.hold.failed = 900;
    expect(judged((_, id) => (id === 'errorRate' ? 5 : 40), { run }).advice).toEqual([]);
  });
});

describe('load and use that disagree', () => {
  it('are what a leak fills, growing over a hold', () => {
    const verdict = judged((system, id, index) => {
      if (id === 'errorRate' || !isSignal(id)) return 0;
      const growing = ['databaseConnections', 'databaseDisk', 'functionConcurrency'];
      const grows = growing.includes(id) && system === 'orders';
      return grows ? 20 + 5 * index : 40 + (index % 2);
    });
    expect(verdict.disagreements).toEqual([
      { system: 'orders', signal: 'databaseConnections', kind: 'atConstantLoad', from: 20, to: 45 },
    ]);
    expect(verdict.verdict).toBe('pass');
    expect(textOf(verdict)).toContain(
      'Load and use disagree (no part of the verdict):\n' +
        '  orders databaseConnections: grew from 20 % to 45 % over the hold, at the same load: a leak?',
    );
  });

  it('are not what grows by less than a tenth', () => {
    const slowly = judged((_, id, index) => (id === 'errorRate' || !isSignal(id) ? 0 : 40 + 1.9 * index));
    expect(slowly.disagreements).toEqual([]);
    expect(textOf(slowly)).not.toContain('disagree');
  });

  it('are CPU that is used before any request', () => {
    const run = goodRun();
    const rampStartMs = holdStartMs - 60_000;
    run.windows.run.start = run.windows.ramp.start = new Date(rampStartMs).toISOString();
    for (const system of run.systems) {
      const [second] = system.series;
      system.series = Array.from({ length: 120 }, (_, index) => ({
        ...second!,
        second: index,
        statuses: { '200': Math.min(30, 5 * Math.floor(index / 10) + 5) },
      }));
    }
    const startsMs = Array.from({ length: 12 }, (_, index) => rampStartMs + index * 10_000);
    const cpuAt = (base: number) =>
      metricsOf(startsMs, (system, id, index) =>
        id === 'databaseCpu' && system === 'orders'
          ? base + Math.min(6, index + 1)
          : id === 'errorRate'
            ? 0
            : 20,
      );
    const { disagreements } = judged(() => 0, { run, metrics: cpuAt(45) });
    expect(disagreements).toMatchObject([{ system: 'orders', signal: 'databaseCpu', kind: 'atNoLoad' }]);
    expect(disagreements![0]!.from).toBeCloseTo(45);
    expect(disagreements![0]!.to).toBeCloseTo(51);
    expect(textOf(judged(() => 0, { run, metrics: cpuAt(45) }))).toContain(
      'orders databaseCpu: 45 % before any request, 51 % at the most load: something else uses it',
    );
    expect(judged(() => 0, { run, metrics: cpuAt(39) }).disagreements).toEqual([]);
  });
});
