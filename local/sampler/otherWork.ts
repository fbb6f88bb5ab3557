import type { MachineCpu } from './machineCpu.ts';
import type { ProcessCpu } from './processCpu.ts';

/** One look at everything that works on this machine. */
export interface MachineSnapshot {
  cpu: MachineCpu;
  processes: readonly ProcessCpu[];
  /** Process ids of the stage and of what loads it; what these started is theirs too. */
  own: readonly number[];
}

/** What the stage and its load generators left of this machine between two looks, in percent of all its cores. */
export interface MachineUse {
  otherPercent: number;
  idlePercent: number;
  /** Who took most of what others took, in words; undefined when nobody stands out. */
  mostly: string | undefined;
}

/** A share of what others used that names its user. */
const standsOut = 0.5;

/** How others and the stage shared the machine between two looks; undefined when no time has passed. */
export function machineUse(before: MachineSnapshot, now: MachineSnapshot): MachineUse | undefined {
  const idle = Math.max(0, now.cpu.idleTicks - before.cpu.idleTicks);
  const busy = Math.max(0, now.cpu.busyTicks - before.cpu.busyTicks);
  const stolen = Math.max(0, now.cpu.stolenTicks - before.cpu.stolenTicks);
  const total = busy + idle;
  if (total === 0) return undefined;

  const living = new Set(now.processes.map(({ pid }) => pid));
  const roots = [...before.own, ...now.own].filter((pid) => living.has(pid));
  const ownNow = family(now.processes, roots);
  const ownBefore = family(before.processes, roots);
  const own = Math.max(0, ticksOf(now.processes, ownNow) - ticksOf(before.processes, ownBefore));
  const other = Math.max(0, busy - own);

  const ticksBefore = new Map(before.processes.map((process) => [process.pid, process.ownTicks]));
  const others = now.processes
    .filter(({ pid }) => !ownNow.has(pid))
    .map(({ pid, name, ownTicks }) => ({ name, used: ownTicks - (ticksBefore.get(pid) ?? 0) }));
  others.push({ name: 'the host of this virtual machine', used: stolen });
  const most = others.reduce((a, b) => (b.used > a.used ? b : a));
  return {
    otherPercent: (100 * other) / total,
    idlePercent: (100 * idle) / total,
    mostly: most.used >= standsOut * other ? most.name : undefined,
  };
}

/**
 * From here on what a database used says little: with cores to spare it gets what it asks for, whoever else works;
 * with none to spare it got what others left. A tenth taken by others is what a desktop and the kernel need anyway.
 */
const contended = { idlePercentBelow: 10, otherPercentFrom: 10 };

/** Why figures of this machine's CPU tell nothing about the stage; undefined when they do. */
export function contention({ otherPercent, idlePercent, mostly }: MachineUse): string | undefined {
  if (idlePercent >= contended.idlePercentBelow || otherPercent < contended.otherPercentFrom)
    return undefined;
  // Node gives its main thread a name of its own.
  const by = mostly === undefined ? '' : `, most of it ${mostly === 'MainThread' ? 'node' : mostly}`;
  return (
    `other work on this machine took ${otherPercent.toFixed(0)} % of its CPU${by}, ` +
    `and ${idlePercent.toFixed(0)} % was left`
  );
}

/** The roots and all that they or theirs have started. */
function family(processes: readonly ProcessCpu[], roots: readonly number[]): Set<number> {
  const children = Map.groupBy(processes, ({ parentPid }) => parentPid);
  const members = new Set(roots);
  for (const pid of members) for (const child of children.get(pid) ?? []) members.add(child.pid);
  return members;
}

/** With what their ended children used: a child's time moves to its parent as it ends. */
const ticksOf = (processes: readonly ProcessCpu[], members: ReadonlySet<number>): number =>
  processes
    .filter(({ pid }) => members.has(pid))
    .reduce((sum, { ownTicks, endedChildrenTicks }) => sum + ownTicks + endedChildrenTicks, 0);
