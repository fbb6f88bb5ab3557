import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Window } from './window.ts';

interface CpuSample {
  atMs: number;
  /** CPU time used so far, in milliseconds. */
  usedMs: number;
}

const percentBetween = (from: CpuSample, to: CpuSample, cores: number): number | null =>
  to.atMs > from.atMs ? (100 * (to.usedMs - from.usedMs)) / (to.atMs - from.atMs) / cores : null;

/**
 * The CPU of this thread, which runs the embedded engine's script, sockets and clock, over a window that is
 * still to come.
 * @returns the percentage of one core over as much of the window as has passed; null before it began
 */
export const watchThreadCpu = (window: Window, now: () => number): (() => number | null) =>
  watchUsed(window, now, () => process.threadCpuUsage(), 1);

/**
 * The same where scripts have threads of their own: sockets and clock have this one, and all share the machine.
 * @returns the percentage of what it may use that is nearer to its end: one core, or all of them
 */
export function watchOwnCpu(window: Window, now: () => number): () => number | null {
  const ofThread = watchThreadCpu(window, now);
  const ofProcess = watchUsed(window, now, () => process.cpuUsage(), availableParallelism());
  return () => {
    const [thread, whole] = [ofThread(), ofProcess()];
    return thread === null || whole === null ? null : Math.max(thread, whole);
  };
}

function watchUsed(
  window: Window,
  now: () => number,
  used: () => NodeJS.CpuUsage,
  cores: number,
): () => number | null {
  const sample = (): CpuSample => {
    const { user, system } = used();
    return { atMs: now(), usedMs: (user + system) / 1_000 };
  };
  let begin: CpuSample | undefined;
  let end: CpuSample | undefined;
  const at = (instantMs: number, take: () => void): NodeJS.Timeout =>
    setTimeout(take, Math.min(instantMs - now(), 2 ** 31 - 1)).unref();
  const timers = [
    at(window.startMs, () => (begin = sample())),
    ...(Number.isFinite(window.endMs) ? [at(window.endMs, () => (end = sample()))] : []),
  ];
  return () => {
    for (const timer of timers) clearTimeout(timer);
    return begin ? percentBetween(begin, end ?? sample(), cores) : null;
  };
}

/** Linux counts CPU time in hundredths of a second. */
const tickMs = 10;

/**
 * Samples another process's CPU each second, where the system tells it (Linux).
 * @returns given a window, the percentage of all cores used in it; null where nothing was told
 */
export function watchProcessCpu(pid: number, now: () => number): (window: Window) => number | null {
  const samples: CpuSample[] = [];
  const take = async (): Promise<void> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The command's name may hold anything, a parenthesis too; times are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    if (stat !== '' && Number.isFinite(ticks)) samples.push({ atMs: now(), usedMs: ticks * tickMs });
  };
  const timer = setInterval(() => void take(), 1_000).unref();
  void take();
  return ({ startMs, endMs }) => {
    clearInterval(timer);
    const inside = samples.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
    const [first] = inside;
    const last = inside.at(-1);
    return first && last ? percentBetween(first, last, availableParallelism()) : null;
  };
}
