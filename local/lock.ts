import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalStageError } from './errors.ts';
import { identity } from '../core/process/processes.ts';

/**
 * Takes a directory for this process alone; the returned function gives it back. The lock of a dead
 * process doesn't count.
 * @throws LocalStageError when another living process has it.
 */
export async function lockDirectory(directory: string, whatRuns: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, lockFile);
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, (await identity(process.pid)) ?? '');
  try {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      // A link appears with its content: nobody ever reads a lock that is being written.
      if (await linked(own, path)) return () => rm(path, { force: true });
      const holder = await readFile(path, 'utf8').catch(() => null);
      if (holder === null) continue;
      const pid = await livingHolder(holder);
      if (pid !== null) {
        throw new LocalStageError(
          `${whatRuns} is already running here (process ${pid}); stop it first (Ctrl-C there, or "npx headroom ` +
            'down"), or start this one alongside it, with a directory of its own in HEADROOM_STATE_DIRECTORY.',
        );
      }
      await removeStale(path, own, holder);
      await delay(betweenAttemptsMs);
    }
  } finally {
    await rm(own, { force: true });
  }
  throw new LocalStageError(
    `could not take ${path}: other processes keep taking it; try again, or remove ${path}* when nothing runs.`,
  );
}

/** The living process that has the directory; null when none has. */
export async function lockHolder(directory: string): Promise<number | null> {
  const holder = await readFile(join(directory, lockFile), 'utf8').catch(() => null);
  return holder === null ? null : livingHolder(holder);
}

/** Takes away the lock of a process that is dead; true when there was one. */
export async function removeDeadLock(directory: string): Promise<boolean> {
  const path = join(directory, lockFile);
  const holder = await readFile(path, 'utf8').catch(() => null);
  if (holder === null || (await livingHolder(holder)) !== null) return false;
  const own = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, (await identity(process.pid)) ?? '');
  try {
    await removeStale(path, own, holder);
  } finally {
    await rm(own, { force: true });
  }
  return true;
}

const lockFile = 'lock';
const maxAttempts = 50;
const betweenAttemptsMs = 20;

/** Whether `path` is now a second name of `file`; false when something has that name. */
async function linked(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes a dead holder's lock away. The right to do so is a lock too, named after the holder: without it a
 * second process that has read the dead holder's name would remove the lock that the first has taken since.
 */
async function removeStale(path: string, own: string, holder: string): Promise<void> {
  const right = `${path}.after-${holder.replaceAll(/\W+/g, '-')}`;
  if (!(await linked(own, right))) return;
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) === holder) await rm(path);
  } finally {
    await rm(right, { force: true });
  }
}

/** The process that a lock names, if it is still the same one. */
async function livingHolder(holder: string): Promise<number | null> {
  const pid = Number(holder.split(' ')[0]);
  return pid > 0 && (await identity(pid)) === holder ? pid : null;
}
