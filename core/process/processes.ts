import { readFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

const run = promisify(execFile);

/** Whether a process with this id exists (also one of another user). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process's command line, or null when it is gone. Process ids are reused: look before killing. */
export async function commandLine(pid: number): Promise<string | null> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() || null;
  } catch {
    // No /proc (macOS), or no such process.
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return stdout.trim() || null;
  }
}

/**
 * A process as a string that no other process ever has: process ids are reused, an id with its start
 * time is not. Null when there is no such process.
 */
export async function identity(pid: number): Promise<string | null> {
  try {
    // Field 22 of /proc/PID/stat, counted behind the command's name, which may hold anything.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return stdout.trim() === '' ? null : `${pid} ${stdout.trim()}`;
  }
}

/** The same of this process; empty where the system does not tell. */
export const ownIdentity = async (): Promise<string> => (await identity(process.pid)) ?? '';

/** Whether the process that has this identity still runs; none has an empty one. */
export const stillRuns = async (ofProcess: string): Promise<boolean> =>
  ofProcess !== '' && (await identity(Number.parseInt(ofProcess, 10))) === ofProcess;

/** Resolves true when the process has ended, false when it is still there after `timeoutMs`. */
export async function ended(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isRunning(pid)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
