import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStageError } from './errors.ts';
import { identity } from './process/processes.ts';

/**
 * Takes a directory for this process alone; the returned function gives it back. The lock of a dead
 * process doesn't count.
 * @throws LocalStageError when another living process has it.
 */
export async function lockDirectory(directory: string, whatRuns: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'lock');
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
    const holder = await readFile(path, 'utf8').catch(() => '');
    const pid = Number(holder.split(' ')[0]);
    if (pid > 0 && (await identity(pid)) === holder) {
      throw new LocalStageError(
        `${whatRuns} is already running here (process ${pid}); stop it first (Ctrl-C there, or "kill ${pid}").`,
      );
    }
    await rm(path, { force: true });
  }
  throw new LocalStageError(`could not take ${path}: other processes keep taking it; try again.`);
}
