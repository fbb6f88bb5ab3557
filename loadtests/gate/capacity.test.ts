import { describe, expect, it } from 'vitest';
import { isSignal } from '../../monitoring/signals.ts';
import { formatVerdict } from './formatVerdict.ts';
import { judge, type JudgeInput } from './judge.ts';
import { goodRun, judgeInput, holdStartMs, metricsOf, systems } from './testing/judgeInput.ts';
import { verdictFileSchema, type VerdictFile } from '../../records/verdict.ts';

/** Six periods of ten seconds that climb from 5 to 30 requests a second, and a hold of six at 30. */
const rampStartMs = holdStartMs - 60_000;
const startsMs = Array.from({ length: 12 }, (_, index) => rampStartMs + index * 10_000);
const loadAt = (index: number): number => Math.min(30, 5 * (index + 1));
const run = (() => {
  const good = goodRun();
  const start = new Date(rampStartMs).toISOString();
  good.windows.run.start = good.windows.ramp.start = start;
  for (const system of good.systems) {
    const [second] = system.series;
    system.series = Array.from({ length: 120 }, (_, index) => ({
      ...second!,
      second: index,
      // What got no answer used nothing that the answer's place would tell.
      statuses: { '200': loadAt(Math.floor(index / 10)), '0': 7 },
    }));
  }
  return good;
})();

/** CPU of 10 % and one more for each request a second; connections of 5 % and a tenth; the rest stands. */
const percent = (system: string, signalId: string, index: number): number | null => {
  const wave = [0.3, -0.3, -0.2, 0.2][index % 4]!;
  if (signalId === 'errorRate' || !isSignal(signalId)) return 0;
  if (signalId === 'databaseCpu' && system === 'orders') return 10 + loadAt(index) + wave;
  if (signalId === 'databaseConnections') return 5 + loadAt(index) / 10 + wave / 10;
  // Grows with time and the data.
  if (signalId === 'databaseDisk') return 5 * index;
  return 20 + wave;
};

const judged = (changes: Partial<JudgeInput> = {}): VerdictFile =>
  judge(judgeInput({ run, metrics: metricsOf(startsMs, percent), ...changes }));

describe('the capacity of a system', () => {
  it('is the load at which its first resource reaches the limit, with its interval', () => {
    const { capacity } = verdictFileSchema.parse(judged());
    const [orders, returns] = capacity!;
    expect(orders).toMatchObject({
      system: 'orders',
      seenPerSecond: 30,
      bindsFirst: { signal: 'databaseCpu', limit: 80 },
    });
    expect(orders!.bindsFirst!.atPerSecond).toBeCloseTo(70, 0);
    expect(orders!.bindsFirst!.lowPerSecond).toBeGreaterThan(68);
    expect(orders!.bindsFirst!.highPerSecond).toBeLessThan(72);
    expect(orders!.bindsFirst!.lowPerSecond).toBeLessThan(orders!.bindsFirst!.highPerSecond);
    expect(returns).toMatchObject({ system: 'returns', bindsFirst: { signal: 'databaseConnections' } });
    expect(returns!.bindsFirst!.atPerSecond).toBeGreaterThan(700);
  });

  it('is not known where the load never changed, and changes no verdict', () => {
    const held = startsMs.filter((startMs) => startMs >= holdStartMs);
    const level = judged({ metrics: metricsOf(held, (system, id, index) => percent(system, id, index + 6)) });
    expect(level.capacity).toEqual([
      { system: 'orders', seenPerSecond: 30, bindsFirst: null },
      { system: 'returns', seenPerSecond: 30, bindsFirst: null },
    ]);
    expect(level.verdict).toBe('pass');
    expect(level.records).toEqual(judged().records);
  });

  it('takes no period that the run covers for less than its half', () => {
    const short = structuredClone(run);
    for (const system of short.systems) system.series = system.series.filter(({ second }) => second % 10 < 4);
    expect(judged({ run: short }).capacity).toMatchObject([{ seenPerSecond: 0, bindsFirst: null }, {}]);
  });

  it('is told in a sentence a system, the nearest end first', () => {
    const text = formatVerdict(judged({ systems: systems.toReversed() }), { color: false, width: 200 });
    const lines = text.split('\n');
    const title = lines.findIndex((line) => line.startsWith('Where the reserve ends (on this machine'));
    expect(lines[title + 1]).toMatch(
      /^  orders: databaseCpu reaches 80 % at 70 requests a second \(69 to 71\); 30 were seen$/,
    );
    expect(lines[title + 2]).toBe(
      '  returns: databaseConnections binds first, beyond 3 times the 30 requests a second that were seen',
    );
  });

  it('names ten systems of a large fleet and counts the rest', () => {
    const verdict = judged();
    const [orders] = verdict.capacity!;
    const capacity = Array.from({ length: 12 }, (_, index) => ({ ...orders!, system: `s${index}` }));
    const text = formatVerdict({ ...verdict, capacity, rehearsal: false }, { color: false, width: 200 });
    expect(text).toContain('Where the reserve ends (no part of the verdict');
    expect(text).toContain('… and 2 more that end later');
    expect(text).not.toContain('s10: databaseCpu');
  });
});
