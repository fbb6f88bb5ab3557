import { describe, expect, it } from 'vitest';
import { isSignal } from '../../monitoring/signals.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge, type JudgeInput } from './judge.ts';
import { goodRun, judgeInput, holdStartMs, metricsOf } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile } from '../../records/verdict.ts';

const judged = (
  percent: (system: string, signalId: string, index: number) => number,
  changes: Partial<JudgeInput> = {},
): VerdictFile => {
  const startsMs = Array.from({ length: 6 }, (_, index) => holdStartMs + index * 10_000);
  return verdictFileSchema.parse(judge(judgeInput({ metrics: metricsOf(startsMs, percent), ...changes })));
};
const textOf = (verdict: VerdictFile): string => formatVerdict(verdict, { color: false, width: 200 });

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
      'Load and use disagree (not part of the verdict):\n' +
        '  orders, database connections: grew from 20 % to 45 % over the hold, at the same load: a leak?',
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
      'orders, database CPU: 45 % before any request, 51 % at the highest load: something else uses it',
    );
    expect(judged(() => 0, { run, metrics: cpuAt(39) }).disagreements).toEqual([]);
  });
});
