import { readFile } from 'node:fs/promises';

/** CPU time a process has used since it started, in clock ticks (a hundredth of a second on Linux). */
export interface ProcessCpu {
  pid: number;
  /** Its own, user and system. */
  ownTicks: number;
  /** Of its children that have ended and were waited for, and of theirs. */
  endedChildrenTicks: number;
}

/** USER_HZ: Linux reports it to programs as 100 on every architecture this stage runs on. */
export const ticksPerSecond = 100;

/**
 * Reads `/proc/PID/stat`'s fields 14 to 17. The second field, the name, may hold spaces and brackets.
 * @throws Error for text of another shape.
 */
export function parseStat(pid: number, text: string): ProcessCpu {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  const sum = (user ?? NaN) + (system ?? NaN) + (childUser ?? NaN) + (childSystem ?? NaN);
  if (!Number.isFinite(sum)) throw new Error(`/proc/${pid}/stat: expected CPU times in fields 14 to 17`);
  return {
    pid,
    ownTicks: (user ?? 0) + (system ?? 0),
    endedChildrenTicks: (childUser ?? 0) + (childSystem ?? 0),
  };
}

/** The process's CPU time, or undefined when it has ended. */
export async function readProcessCpu(pid: number): Promise<ProcessCpu | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseStat(pid, text);
}
