import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFileError } from '../../records/errors.ts';
import { runFileSchema, type RunFile } from '../../records/run.ts';
import { writeWhole } from '../../core/writeWhole.ts';

const advice: Record<string, string> = {
  ENOSPC: 'no space is left on the device; free some, or choose another directory',
  EDQUOT: 'the disk quota is used up; free some space, or choose another directory',
  EACCES: 'permission denied; choose a directory that this user may write',
  EROFS: 'the file system is read-only; choose another directory',
  ENOTDIR: 'a part of the path is a file; choose another directory',
  EEXIST: 'a file is in the way; choose another directory',
};

const runFileError = (path: string, error: unknown): RunFileError => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new RunFileError(path, advice[code] ?? message, { cause: error });
};

/**
 * Makes the run's directory, before the run rather than after it.
 * @throws RunFileError
 */
export async function prepareRunDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    const probe = join(directory, '.writable');
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (error) {
    throw runFileError(directory, error);
  }
}

/**
 * Writes `run.json`: whole, or not at all.
 * @throws RunFileError saying why; nothing half-written is left behind.
 */
export async function writeRunFile(directory: string, run: RunFile): Promise<string> {
  const path = join(directory, 'run.json');
  try {
    await writeWhole(path, JSON.stringify(runFileSchema.parse(run)));
    return path;
  } catch (error) {
    // Only when it is empty: what else a run left there stays.
    await rmdir(directory).catch(() => undefined);
    throw runFileError(path, error);
  }
}
