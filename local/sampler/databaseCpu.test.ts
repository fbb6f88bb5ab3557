import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean } from '../../core/statistics.ts';
import { divideCpu, type ServerSnapshot } from './databaseCpu.ts';
import { parseStat } from './processCpu.ts';

const databases = ['system_01', 'system_02'];

const process = (pid: number, database: string | null, ownTicks: number) => ({
  pid,
  database,
  ownTicks,
  endedChildrenTicks: 0,
});

const snapshot = (
  atMs: number,
  [own, ended]: [number, number],
  processes: ServerSnapshot['processes'],
): ServerSnapshot => ({
  atMs,
  postmaster: { pid: 1, ownTicks: own, endedChildrenTicks: ended },
  processes,
});

describe('divideCpu', () => {
  it("gives a database its own backends' time and an equal part of the rest", () => {
    const before = snapshot(0, [10, 0], [process(2, 'system_01', 100), process(3, null, 5)]);
    const now = snapshot(
      1_000,
      [12, 0],
      [process(2, 'system_01', 140), process(3, null, 13), process(4, 'system_02', 6)],
    );

    const shares = divideCpu(before, now, { databases, cores: 2 });

    // Shared: 2 of the postmaster and 8 of the server's own process, 5 ticks each.
    expect(shares.get('system_01')).toEqual({ cpuSeconds: 0.45, percent: 45 });
    expect(shares.get('system_02')).toEqual({ cpuSeconds: 0.11, percent: 11 });
  });

  it('takes nothing from anybody where ticks moved while they were read', () => {
    const before = snapshot(0, [50, 0], [process(2, 'system_01', 0)]);
    const now = snapshot(1_000, [40, 0], [process(2, 'system_01', 6)]);
    const shares = divideCpu(before, now, { databases, cores: 2 });
    expect(shares.get('system_01')?.cpuSeconds).toBe(0.06);
    expect(shares.get('system_02')?.cpuSeconds).toBe(0);
  });

  it('counts a process id that was given again from zero', () => {
    const before = snapshot(0, [0, 0], [process(2, 'system_01', 90)]);
    const now = snapshot(1_000, [0, 90], [process(2, 'system_02', 30)]);
    expect(divideCpu(before, now, { databases, cores: 2 }).get('system_02')?.cpuSeconds).toBe(0.3);
  });

  it('adds up to the whole, whatever starts, works and ends meanwhile', () => {
    const names = [...databases, null, 'postgres'];
    const step = fc.record({
      database: fc.constantFrom(...names),
      before: fc.nat({ max: 500 }),
      used: fc.nat({ max: 500 }),
      life: fc.constantFrom('stays', 'starts', 'ends'),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.nat({ max: 50 }),
        fc.nat({ max: 900 }),
        fc.integer({ min: 100, max: 20_000 }),
        (steps, postmasterUsed, endedBefore, elapsedMs) => {
          let ended = endedBefore;
          let whole = postmasterUsed;
          const before: ServerSnapshot['processes'][number][] = [];
          const now: ServerSnapshot['processes'][number][] = [];
          for (const [index, { database, before: ticks, used, life }] of steps.entries()) {
            const pid = 100 + index;
            const startTicks = life === 'starts' ? 0 : ticks;
            whole += used;
            if (life !== 'starts') before.push(process(pid, database, startTicks));
            if (life === 'ends') ended += startTicks + used;
            else now.push(process(pid, database, startTicks + used));
          }
          const shares = divideCpu(
            snapshot(0, [7, endedBefore], before),
            snapshot(elapsedMs, [7 + postmasterUsed, ended], now),
            { databases, cores: 2 },
          );
          const seconds = [...shares.values()].reduce((sum, share) => sum + share.cpuSeconds, 0);
          expect(seconds).toBeCloseTo(whole / 100, 6);
          // Percentages of equal shares: their mean is the whole of all cores.
          expect(mean([...shares.values()].map(({ percent }) => percent))).toBeCloseTo(
            (100 * (whole / 100)) / ((elapsedMs / 1_000) * 2),
            6,
          );
        },
      ),
    );
  });
});

describe('parseStat', () => {
  it('finds the CPU times behind a name with brackets and spaces', () => {
    const line = '42 (postgres: a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 110 20 3 4 20 0 1 0 99 0';
    expect(parseStat(42, line)).toEqual({ pid: 42, ownTicks: 130, endedChildrenTicks: 7 });
  });

  it('refuses a line of another shape, naming the file', () => {
    expect(() => parseStat(42, '42 (x) S 1 2')).toThrow('/proc/42/stat');
  });
});
