import type { EndedBackend } from './endedSessions.ts';
import { ticksPerSecond, type ProcessCpu } from './processCpu.ts';

type CpuTimes = Pick<ProcessCpu, 'pid' | 'ownTicks' | 'endedChildrenTicks'>;

/** One look at the PostgreSQL server that all systems' databases share. */
export interface ServerSnapshot {
  /** Milliseconds of a clock that never goes back. */
  atMs: number;
  postmaster: CpuTimes;
  /** Every other process of the server; `database` is the one it works for, null for nobody's. */
  processes: readonly (CpuTimes & { database: string | null })[];
  /** The sessions that have ended since the look before. */
  ended: readonly (Pick<EndedBackend, 'pid' | 'seconds' | 'endedAtMs' | 'cpuSeconds'> & {
    database: string | null;
  })[];
}

/** What was used between two looks; all parts together are all that the server used. */
export interface CpuDivision {
  /** CPU seconds by database. */
  seconds: ReadonlyMap<string, number>;
  /** CPU seconds of the server itself: what no database's session used, and what cannot be told apart from it. */
  serverSeconds: number;
}

/** How much longer a process works after it was read for the last time: it gives its memory back. */
const farewellSeconds = 0.002;

/**
 * Divides the server's CPU time between two looks.
 *
 *   whole   = postmaster (own + ended children) + every living process, now minus before
 *   living  = what each living process used, to its database
 *   ended   = what the postmaster's ended children have grown by, less what was known of them before
 *           = what each was seen to have used as it ended, to its database
 *           + the rest, to those that may have used it, by how much each may have
 *   server  = whole minus what went to a database
 *
 * A session whose process was gone before it could be read may have used a core since it was seen last; one that
 * was seen before, as much of a core as it used in the life that was seen.
 */
export function divideCpu(
  before: ServerSnapshot,
  now: ServerSnapshot,
  databases: readonly string[],
): CpuDivision {
  const ticks = new Map(databases.map((database) => [database, 0]));
  let serverTicks = Math.max(0, now.postmaster.ownTicks - before.postmaster.ownTicks);
  const give = (database: string | null, used: number): void => {
    const has = database === null ? undefined : ticks.get(database);
    if (database === null || has === undefined) serverTicks += used;
    else ticks.set(database, has + used);
  };

  const ticksBefore = new Map(before.processes.map(({ pid, ownTicks }) => [pid, ownTicks]));
  const gone = new Map(ticksBefore);
  for (const { pid, database, ownTicks } of now.processes) {
    const since = ticksBefore.get(pid) ?? 0;
    // A process id that was given again starts from zero; who had it before is gone.
    if (since <= ownTicks) gone.delete(pid);
    give(database, since <= ownTicks ? ownTicks - since : ownTicks);
  }

  const knownOfGone = [...gone.values()].reduce((sum, known) => sum + known, 0);
  const grown = now.postmaster.endedChildrenTicks - before.postmaster.endedChildrenTicks;
  // Ticks are read one process after another: one that moves meanwhile must not take from anybody.
  const ended = Math.max(0, grown - knownOfGone);
  const sessions = now.ended.map((session) => ({
    database: session.database,
    ...endedTicks(session, gone.get(session.pid), before.atMs),
  }));
  const seen = sessions.reduce((sum, session) => sum + session.seen, 0);
  const possible = sessions.reduce((sum, session) => sum + session.possible, 0);
  const seenShare = seen > ended ? ended / seen : 1;
  const rest = ended - seen * seenShare;
  const possibleShare = possible > rest ? rest / possible : 1;
  for (const session of sessions) {
    give(session.database, session.seen * seenShare + session.possible * possibleShare);
  }
  serverTicks += Math.max(0, rest - possible);

  return {
    seconds: new Map([...ticks].map(([database, used]) => [database, used / ticksPerSecond])),
    serverSeconds: serverTicks / ticksPerSecond,
  };
}

/** What an ended session was seen to use since the look before, and what it may have used beside. */
function endedTicks(
  { seconds, endedAtMs, cpuSeconds }: ServerSnapshot['ended'][number],
  ticksBefore: number | undefined,
  lookedAtMs: number,
): { seen: number; possible: number } {
  if (cpuSeconds !== undefined) {
    const seen = Math.max(0, cpuSeconds * ticksPerSecond - (ticksBefore ?? 0));
    return { seen, possible: farewellSeconds * ticksPerSecond };
  }
  const unseenSeconds = Math.min(seconds, Math.max(0, (endedAtMs - lookedAtMs) / 1_000));
  const seenSeconds = seconds - unseenSeconds;
  const ofACore =
    ticksBefore === undefined || seenSeconds <= 0
      ? 1
      : Math.min(1, ticksBefore / ticksPerSecond / seenSeconds);
  return { seen: 0, possible: (unseenSeconds * ofACore + farewellSeconds) * ticksPerSecond };
}
