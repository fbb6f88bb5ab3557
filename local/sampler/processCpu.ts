import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readProc } from './procFile.ts';

/** CPU time a process has used since it started, in clock ticks (a hundredth of a second on Linux). */
export interface ProcessCpu {
  pid: number;
  parentPid: number;
  /** The program's, 15 characters at most. */
  name: string;
  /** Its own, user and system. */
  ownTicks: number;
  /** Of its children that have ended and were waited for, and of theirs. */
  endedChildrenTicks: number;
}

/** USER_HZ: Linux reports it to programs as 100 on every architecture this stage runs on. */
export const ticksPerSecond = 100;

/** Files of /proc that are read before the event loop has its turn: about half a millisecond. */
const filesPerTurn = 50;

/**
 * Reads `/proc/PID/stat`'s fields 2, 4 and 14 to 17. The second, the name, may hold spaces and brackets.
 * @throws Error for text of another shape.
 */
export function parseStat(pid: number, text: string): ProcessCpu {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  const sum = (user ?? NaN) + (system ?? NaN) + (childUser ?? NaN) + (childSystem ?? NaN);
  if (!Number.isFinite(sum)) throw new Error(`/proc/${pid}/stat: expected CPU times in fields 14 to 17`);
  return {
    pid,
    parentPid: Number(fields[1]),
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    ownTicks: (user ?? 0) + (system ?? 0),
    endedChildrenTicks: (childUser ?? 0) + (childSystem ?? 0),
  };
}

/** The process's CPU time, or undefined when it has ended. */
export function readProcessCpu(pid: number): ProcessCpu | undefined {
  const text = readProc(`${pid}/stat`);
  return text === undefined ? undefined : parseStat(pid, text);
}

/** Those of the processes that have not ended, read a few at a time between which other work has its turn. */
export async function readProcesses(pids: readonly number[]): Promise<ProcessCpu[]> {
  const found: ProcessCpu[] = [];
  for (let first = 0; first < pids.length; first += filesPerTurn) {
    if (first > 0) await nextTurn();
    found.push(...pids.slice(first, first + filesPerTurn).flatMap((pid) => readProcessCpu(pid) ?? []));
  }
  return found;
}

/** Every process of this machine. */
export const allPids = (): number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

/** Those that a process has started and not yet waited for. */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = readProc(`${pid}/task/${pid}/children`);
  if (children !== undefined) return children.trim().split(' ').filter(Boolean).map(Number);
  // A kernel that keeps no such list still tells each process's parent.
  const all = await readProcesses(allPids());
  return all.filter(({ parentPid }) => parentPid === pid).map((child) => child.pid);
}

/**
 * CPU seconds that a process of one thread has used since it started, to the nanosecond; undefined when it has
 * ended, or its kernel keeps no such account.
 */
export function readCpuSeconds(pid: number): number | undefined {
  const nanoseconds = Number(readProc(`${pid}/schedstat`)?.split(' ')[0]);
  return nanoseconds > 0 ? nanoseconds / 1e9 : undefined;
}
