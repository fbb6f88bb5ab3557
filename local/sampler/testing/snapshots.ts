import type { ServerSnapshot } from '../databaseCpu.ts';

type Process = ServerSnapshot['processes'][number];
type Ended = ServerSnapshot['ended'][number];

/** A process of the server; `database` null is the server's own. */
export const backend = (pid: number, database: string | null, ownTicks: number): Process => ({
  pid,
  database,
  ownTicks,
  endedChildrenTicks: 0,
});

/** A session that ended after `seconds`; without `cpuSeconds` its process was gone before it was read. */
export const endedSession = (pid: number, database: string | null, change: Partial<Ended>): Ended => ({
  pid,
  database,
  seconds: 1,
  endedAtMs: 0,
  cpuSeconds: undefined,
  ...change,
});

/** A look at a server whose postmaster and ended processes have used so much. */
export const serverAt = (
  atMs: number,
  { own = 0, endedChildren = 0 }: { own?: number; endedChildren?: number },
  processes: readonly Process[] = [],
  ended: readonly Ended[] = [],
): ServerSnapshot => ({
  atMs,
  postmaster: { pid: 1, ownTicks: own, endedChildrenTicks: endedChildren },
  processes,
  ended,
});
