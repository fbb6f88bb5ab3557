import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contention, machineUse, type MachineSnapshot } from './otherWork.ts';

const init = 1;
const stage = 10;
const postmaster = 11;
const load = 20;
const k6 = 21;
const compiler = 30;

type Used = Partial<Record<number, number | [own: number, endedChildren: number]>>;

const parents: Readonly<Record<number, number>> = {
  [stage]: init,
  [postmaster]: stage,
  [load]: init,
  [k6]: load,
  [compiler]: init,
};
const names: Readonly<Record<number, string>> = { [stage]: 'MainThread', [k6]: 'k6', [compiler]: 'tsc' };

/** Processes by what each has used; the machine's counters say the rest. */
const machineAt = (
  [busyTicks, idleTicks, stolenTicks = 0]: [busy: number, idle: number, stolen?: number],
  used: Used,
  own: readonly number[] = [stage],
): MachineSnapshot => ({
  cpu: { busyTicks, idleTicks, stolenTicks },
  processes: Object.entries(used).map(([pid, ticks = 0]) => {
    const [ownTicks, endedChildrenTicks] = typeof ticks === 'number' ? [ticks, 0] : ticks;
    const parentPid = parents[Number(pid)] ?? init;
    return { pid: Number(pid), parentPid, name: names[Number(pid)] ?? 'some', ownTicks, endedChildrenTicks };
  }),
  own,
});

const nothing = machineAt([0, 0], { [stage]: 0, [postmaster]: 0, [compiler]: 0 });

describe('machineUse', () => {
  it('takes the stage, what it started and what loads it for one, and the rest for others', () => {
    const before = machineAt([0, 0], { [stage]: 50, [postmaster]: 20, [load]: 300, [compiler]: 5_000 }, [
      stage,
    ]);
    const now = machineAt(
      [1_800, 200],
      { [stage]: 450, [postmaster]: [120, 200], [load]: 500, [k6]: 100, [compiler]: 5_600 },
      [stage, load],
    );
    // 400 + 300 + 200 + 100 of 2,000 are the stage's and its load's.
    expect(machineUse(before, now)).toEqual({ otherPercent: 40, idlePercent: 10, mostly: 'tsc' });
  });

  it('counts what an ended child had used once, though its parent has it now', () => {
    const before = machineAt([0, 0], { [stage]: 0, [postmaster]: 700 });
    const now = machineAt([100, 100], { [stage]: [50, 720] });
    expect(machineUse(before, now)?.otherPercent).toBe(15);
  });

  it('does not hold the life of a load generator against the stage once it has ended', () => {
    const before = machineAt([0, 0], { [stage]: 0, [load]: 9_000 }, [stage, load]);
    const now = machineAt([100, 100], { [stage]: 60 });
    expect(machineUse(before, now)?.otherPercent).toBe(20);
  });

  it('says that the host took it, and names nobody where no one took most', () => {
    expect(machineUse(nothing, machineAt([100, 0, 80], { [stage]: 10 }))?.mostly).toBe(
      'the host of this virtual machine',
    );
    expect(machineUse(nothing, machineAt([100, 0], { [stage]: 10, [compiler]: 40 }))?.mostly).toBeUndefined();
  });

  it('says nothing of no time', () => {
    expect(machineUse(nothing, nothing)).toBeUndefined();
  });

  it('leaves nobody less than nothing, and no more than all', () => {
    const ticks = fc.nat({ max: 10_000 });
    fc.assert(
      fc.property(ticks, ticks, ticks, ticks, (busy, idle, ours, theirs) => {
        const now = machineAt([busy, idle], { [stage]: ours, [compiler]: theirs });
        fc.pre(busy + idle > 0);
        const { otherPercent = -1, idlePercent = -1 } = machineUse(nothing, now) ?? {};
        expect(Math.min(otherPercent, idlePercent)).toBeGreaterThanOrEqual(0);
        expect(otherPercent + idlePercent).toBeLessThanOrEqual(100.000_001);
      }),
    );
  });
});

describe('contention', () => {
  const use = { otherPercent: 45, idlePercent: 2, mostly: 'MainThread' };

  it('is other work on a machine without room', () => {
    expect(contention(use)).toBe(
      'other work on this machine took 45 % of its CPU, most of it node, and 2 % was left',
    );
    expect(contention({ ...use, mostly: undefined })).toBe(
      'other work on this machine took 45 % of its CPU, and 2 % was left',
    );
  });

  it('is not other work beside free cores: then everybody gets what it asks for', () => {
    expect(contention({ ...use, idlePercent: 10 })).toBeUndefined();
  });

  it('is not a machine that the stage and its load fill by themselves', () => {
    expect(contention({ ...use, otherPercent: 9.9 })).toBeUndefined();
  });
});
