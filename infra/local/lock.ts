import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { identity } from './process/processes.ts';

const lockFile = 'lock';

/**
 * Takes a directory for this process alone; the returned function gives it back. The lock of a dead
 * process doesn't count.
 * @throws LocalStageError when another living process has it.
 */
export async function lockDirectory(directory: string, whatRuns: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, lockFile);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (file) {
      await file.writeFile((await identity(process.pid)) ?? '');
      await file.close();
      return () => rm(path, { force: true });
    }
    const pid = await lockHolder(directory);
    if (pid !== null) {
      throw new LocalStageError(
        `${whatRuns} is already running here (process ${pid}); stop it first (Ctrl-C there, or "npx headroom down"), or start this one ` +
          'beside it, with a directory of its own in HEADROOM_STATE_DIRECTORY.',
      );
    }
    await rm(path, { force: true });
  }
  throw new LocalStageError(`could not take ${path}: other processes keep taking it; try again.`);
}

/** The living process that has the directory; null when none has. */
export async function lockHolder(directory: string): Promise<number | null> {
  const holder = await readFile(join(directory, lockFile), 'utf8').catch(() => '');
  const pid = Number(holder.split(' ')[0]);
  return pid > 0 && (await identity(pid)) === holder ? pid : null;
}

/** Takes away the lock of a process that is dead; true when there was one. */
export async function removeDeadLock(directory: string): Promise<boolean> {
  const path = join(directory, lockFile);
  if ((await lockHolder(directory)) !== null || !existsSync(path)) return false;
  await rm(path, { force: true });
  return true;
}
