import { ticksPerSecond, type ProcessCpu } from './processCpu.ts';

/** One look at the PostgreSQL server that all systems' databases share. */
export interface ServerSnapshot {
  /** Milliseconds of a clock that never goes back. */
  atMs: number;
  postmaster: ProcessCpu;
  /** Every other process of the server; `database` is what a backend works for, null for the server's own. */
  processes: readonly (ProcessCpu & { database: string | null })[];
}

export interface CpuShare {
  /** CPU seconds this database used between the two looks: its backends', and its part of the rest. */
  cpuSeconds: number;
  /** In percent of this database's equal share of the machine's cores; above 100 when it takes others'. */
  percent: number;
}

/**
 * Divides the server's CPU time between its databases, so that the parts add up to the whole.
 *
 *   whole  = postmaster (own + ended children) + every living process, now minus before
 *   part   = what its living backends used since the last look + (whole - all such) / databases
 *
 * A backend that ended between the looks leaves its last stretch in the postmaster's children, so that
 * stretch is shared like the server's own work.
 */
export function divideCpu(
  before: ServerSnapshot,
  now: ServerSnapshot,
  { databases, cores }: { databases: readonly string[]; cores: number },
): Map<string, CpuShare> {
  const elapsedSeconds = (now.atMs - before.atMs) / 1_000;
  const ticksBefore = new Map(before.processes.map((process) => [process.pid, process.ownTicks]));
  const usedBy = new Map<string, number>(databases.map((database) => [database, 0]));
  for (const { pid, database, ownTicks } of now.processes) {
    if (database === null || !usedBy.has(database)) continue;
    // A process id that was given again starts from zero.
    const since = ticksBefore.get(pid) ?? 0;
    const used = since <= ownTicks ? ownTicks - since : ownTicks;
    usedBy.set(database, (usedBy.get(database) ?? 0) + used);
  }
  const known = [...usedBy.values()].reduce((sum, ticks) => sum + ticks, 0);
  // Ticks are read one process after another: a tick that moves meanwhile must not make the rest negative.
  const shared = Math.max(0, wholeTicks(now) - wholeTicks(before) - known) / databases.length;
  const shareOfCores = cores / databases.length;
  return new Map(
    databases.map((database) => {
      const cpuSeconds = ((usedBy.get(database) ?? 0) + shared) / ticksPerSecond;
      return [database, { cpuSeconds, percent: (100 * cpuSeconds) / (elapsedSeconds * shareOfCores) }];
    }),
  );
}

const wholeTicks = ({ postmaster, processes }: ServerSnapshot): number =>
  postmaster.ownTicks +
  postmaster.endedChildrenTicks +
  processes.reduce((sum, process) => sum + process.ownTicks, 0);
