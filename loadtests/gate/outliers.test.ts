import { describe, expect, it } from 'vitest';
import { monitoredSystem } from '../../fleet/names.ts';
import { compare } from '../../monitoring/comparison/compare.ts';
import { limits } from '../../monitoring/limits.ts';
import { standingsOf } from '../../monitoring/outliers.ts';
import { formatVerdict } from './formatVerdict.ts';
import { heldPeriods } from './heldPeriods.ts';
import { judge, type JudgedSystem } from './judge.ts';
import { goodRun, judgeInput, metricsOf, systems as two } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile } from '../../records/verdict.ts';
import { contract } from '../../service/contract.ts';

const names = ['cobros', 'envios', 'orders', 'returns', 'stock'];
const systems: JudgedSystem[] = names.map((system) => ({
  ...monitoredSystem(contract, 'local', system, {
    connectionLimit: 50,
    apiReservedConcurrency: 10,
    subscriberMaximumConcurrency: 2,
  }),
  expectedRequestsPerSecond: 30,
  expectedMessagesPerSecond: 5,
}));

/** A run of five systems alike, but that one holds more connections and another answers more slowly. */
function verdictOf(connections: (system: string) => number | null, latencyMs = 20): VerdictFile {
  const run = goodRun();
  const [first] = run.systems;
  run.systems = names.map((system) => {
    const p99 = system === 'stock' ? latencyMs : 20;
    return { ...first!, system, hold: { ...first!.hold, latencyMs: { p50: 5, p95: 9, p99, max: p99 } } };
  });
  const periods = heldPeriods(run.windows.hold, 10);
  const metrics = metricsOf(
    periods.startsMs,
    (system, id) => (id === 'databaseConnections' ? connections(system) : 20),
    systems,
  );
  return judge(judgeInput({ run, systems, periods, metrics }));
}

const normal = new Map(names.map((system, index) => [system, 20 + index]));
const leaking = (system: string) => (system === 'returns' ? 75 : normal.get(system)!);

describe('who stands out', () => {
  it('is found by the definition that the overview uses, and is not part of the verdict', () => {
    const verdict = verdictOf(leaking);
    const connections = new Map(names.map((system) => [system, leaking(system)]));
    const { score, median } = standingsOf(connections, 'percent').find(({ system }) => system === 'returns')!;
    const [only, ...others] = verdict.standingOut!;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ system: 'returns', signal: 'databaseConnections', unit: 'percent', median });
    expect(only!.value).toBeCloseTo(75, 6);
    expect(only!.score).toBeCloseTo(score, 6);
    expect(verdict.verdict).toBe(verdictOf((system) => normal.get(system)!).verdict);
    expect(verdictFileSchema.parse(verdict)).toEqual(verdict);
  });

  it('is compared with its like: of another kind of database the same share is another', () => {
    const reading = (system: string, metricName: string, value: number) => ({
      system,
      measurement: { id: 'databaseMemory', unit: 'percent' as const, namespace: 'Any', metricName },
      value,
    });
    const estimates = names.map((system) => reading(system, 'DatabaseMemoryUtilization', 20));
    const alone = reading('legacy', 'FreeableMemory', 75);
    expect(compare([...estimates, alone])).toEqual([]);
    expect(compare([...estimates, { ...alone, measurement: estimates[0]!.measurement }])).toMatchObject([
      { system: 'legacy', signal: 'databaseMemory', median: 20 },
    ]);
  });

  it('compares what the run measured too, the farthest first', () => {
    expect(verdictOf(leaking, 400).standingOut!.map(({ system, signal }) => `${system} ${signal}`)).toEqual([
      'stock latencyP99',
      'returns databaseConnections',
    ]);
  });

  it('leaves a system without data out of the comparison', () => {
    const silent = (system: string) => (system === 'stock' ? null : leaking(system));
    expect(verdictOf(silent).standingOut!.map(({ system }) => system)).toEqual(['returns']);
  });

  it('is nobody where all are alike, and nobody among two', () => {
    expect(verdictOf((system) => normal.get(system)!).standingOut).toEqual([]);
    expect(judge(judgeInput()).standingOut).toEqual([]);
  });

  it('is read from verdicts that did not compare', () => {
    const { standingOut: _, ...older } = judge(judgeInput());
    expect(verdictFileSchema.safeParse(older).success).toBe(true);
    expect(formatVerdict(older, { color: false, width: 120 })).not.toMatch(/stands? out|compared/i);
  });
});

describe('the terminal', () => {
  const text = (verdict: VerdictFile) => formatVerdict(verdict, { color: false, width: 120, detail: 'all' });

  it('shows who stands out in the table, and how far', () => {
    const shown = text(verdictOf(leaking));
    expect(shown).toMatch(/Headroom\s+Stands out\s+Verdict/);
    expect(shown).toMatch(/databaseConnections\s+75\.0 %\s+80\.0 %\s+5\.00 %\s+\+\d+\.\d\s+pass/);
    expect(shown).toMatch(/returns, database connections: 75\.0 %, the median is 22\.0 % \(\+\d+\.\d\)/);
  });

  it('says that nobody does, or that there were too few to compare', () => {
    expect(text(verdictOf((system) => normal.get(system)!))).toContain(
      'No system stands out from the others.',
    );
    const few = text(judge(judgeInput({ systems: two })));
    expect(few).toContain(`there are 2, and it takes ${limits.outliers.minimumSystems}.`);
    expect(few).not.toContain('Stands out');
  });

  it('names who stands out in a large fleet beside a row a signal, though it passed', () => {
    const verdict = verdictOf(leaking);
    const many = Array.from({ length: 40 }, (_, index) =>
      verdict.records
        .filter(({ system }) => system === 'orders')
        .map((record) => ({ ...record, system: `system-${index}` })),
    ).flat();
    const shown = formatVerdict(
      { ...verdict, records: [...many, ...verdict.records] },
      { color: false, width: 120 },
    );
    expect(shown).toMatch(/returns, database connections: 75\.0 %, the median is 22\.0 %/);
  });
});
