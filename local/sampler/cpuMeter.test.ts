import { describe, expect, it } from 'vitest';
import { CpuMeter, type PeriodCpu } from './cpuMeter.ts';
import type { ServerSnapshot } from './databaseCpu.ts';
import type { MachineSnapshot } from './otherWork.ts';
import { backend, endedSession, serverAt } from './testing/snapshots.ts';

const periodMs = 10_000;
const lookEveryMs = 2_000;

/** The period from 0 on, looked at every two seconds and in between by nobody. */
function period(
  meter: CpuMeter,
  serverOf: (atMs: number) => ServerSnapshot,
  { lastAtMs = periodMs, machine = [] }: { lastAtMs?: number; machine?: MachineSnapshot[] } = {},
): PeriodCpu | undefined {
  expect(meter.begin(0, serverOf(0), machine[0])).toBeUndefined();
  for (let atMs = lookEveryMs; atMs < periodMs; atMs += lookEveryMs) meter.look(serverOf(atMs));
  return meter.begin(periodMs, serverOf(lastAtMs), machine[1]);
}

const percentOf = (ended: PeriodCpu | undefined, database: string): number | undefined =>
  ended && 'percent' in ended ? ended.percent.get(database) : undefined;

const three = ['a', 'b', 'c'];

/** Uses so many cores from one instant to another. */
const burst =
  (cores: number, fromMs: number, untilMs: number) =>
  (atMs: number): ServerSnapshot => {
    const busyMs = Math.min(Math.max(atMs - fromMs, 0), untilMs - fromMs);
    return serverAt(atMs, {}, [backend(2, 'a', Math.round(cores * busyMs) / 10)]);
  };

describe('CpuMeter', () => {
  it('reads a burst of 2.8 s in 10 as the 31 % it is on average, not as the 100 of its worst two seconds', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 2 });
    // Three quarters of a core, where a third of two cores is its share.
    const ended = period(meter, burst(0.74, 3_100, 5_900));
    expect(ended).toMatchObject({ startMs: 0 });
    expect(percentOf(ended, 'a')).toBeCloseTo(31.1, 1);
    expect(percentOf(ended, 'b')).toBe(0);
  });

  it('reads an idle fleet of fifty as nothing each, and what the server does for itself apart', () => {
    const fleet = Array.from({ length: 50 }, (_, index) => `system_${index}`);
    const meter = new CpuMeter({ periodMs, databases: fleet, cores: 2 });
    // The server's own processes, an administrator's session, and the probe's in each database, which have ended.
    const ended = period(meter, (atMs) =>
      serverAt(
        atMs,
        { own: atMs / 100, endedChildren: 105 * Math.floor(atMs / 6_000) },
        [backend(2, null, atMs / 50), ...fleet.map((database, index) => backend(100 + index, database, 1))],
        atMs === 6_000
          ? fleet.map((_, index) => endedSession(1_000 + index, null, { seconds: 0.03, cpuSeconds: 0.021 }))
          : [],
      ),
    );
    expect(fleet.map((database) => percentOf(ended, database))).toEqual(fleet.map(() => 0));
    // 1 + 2 + 1.05 s of 20.
    expect(ended).toMatchObject({ serverPercent: expect.closeTo(20.25, 6) });
  });

  it('makes up for a look that was left out', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 3 });
    const serverOf = burst(1, 0, periodMs);
    meter.begin(0, serverOf(0), undefined);
    meter.look(serverOf(2_000));
    meter.look(serverOf(8_000));
    expect(percentOf(meter.begin(periodMs, serverOf(periodMs), undefined), 'a')).toBeCloseTo(100, 6);
  });

  it('says nothing of the period in which the stage was started', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 2 });
    const serverOf = burst(1, 0, periodMs);
    meter.look(serverOf(7_000));
    expect(meter.begin(periodMs, serverOf(periodMs), undefined)).toBeUndefined();
  });

  it('counts each period from its own beginning', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 3 });
    const serverOf = burst(1, 0, periodMs);
    expect(percentOf(period(meter, serverOf), 'a')).toBeCloseTo(100, 6);
    expect(meter.begin(2 * periodMs, serverOf(2 * periodMs), undefined)).toMatchObject({
      startMs: periodMs,
      percent: new Map(three.map((database) => [database, 0])),
    });
  });

  it('averages over the time between its looks, which come a little late', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 3 });
    expect(percentOf(period(meter, burst(1, 0, 60_000), { lastAtMs: 10_900 }), 'a')).toBeCloseTo(100, 6);
  });

  it('withholds a period whose last look came much too late', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 2 });
    expect(period(meter, burst(1, 0, 60_000), { lastAtMs: 11_500 })).toEqual({
      startMs: 0,
      withheld: {
        why: 'late',
        reason: 'the stage could not measure in time: 11.5 s lay between samples that should be 10 s apart',
      },
    });
  });

  it('withholds the periods before and after a look without an answer', () => {
    const meter = new CpuMeter({ periodMs, databases: three, cores: 2 });
    const serverOf = burst(1, 0, 60_000);
    meter.begin(0, serverOf(0), undefined);
    const before = meter.begin(periodMs, undefined, undefined);
    meter.look(serverOf(12_000));
    const after = meter.begin(2 * periodMs, serverOf(20_000), undefined);
    for (const ended of [before, after]) expect(ended).toMatchObject({ withheld: { why: 'unanswered' } });
    expect(percentOf(meter.begin(3 * periodMs, serverOf(30_000), undefined), 'a')).toBeCloseTo(150, 6);
  });

  it('withholds a period in which others left no room, and publishes one in which they did', () => {
    const machineAt = (busyTicks: number, idleTicks: number): MachineSnapshot => ({
      cpu: { busyTicks, idleTicks, stolenTicks: 0 },
      processes: [],
      own: [],
    });
    const serverOf = burst(0.5, 0, periodMs);
    const contended = new CpuMeter({ periodMs, databases: three, cores: 2 });
    expect(period(contended, serverOf, { machine: [machineAt(0, 0), machineAt(1_960, 40)] })).toEqual({
      startMs: 0,
      machine: { otherPercent: 98, idlePercent: 2, mostly: undefined },
      withheld: {
        why: 'contended',
        reason: 'other work on this machine took 98 % of its CPU, and 2 % was left',
      },
    });
    const roomy = new CpuMeter({ periodMs, databases: three, cores: 2 });
    expect(
      percentOf(period(roomy, serverOf, { machine: [machineAt(0, 0), machineAt(1_500, 500)] }), 'a'),
    ).toBeCloseTo(75, 6);
  });
});
