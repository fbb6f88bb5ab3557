import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWriteError } from '../../core/errors.ts';
import { writeRecord } from '../../records/recordFile.ts';
import { partKind, type PartFile } from '../../records/part.ts';
import type { RecordKind } from '../../records/recordKind.ts';
import { runKind, type RunFile } from '../../records/run.ts';

/**
 * Makes the run's directory, before the run rather than after it.
 * @throws FileWriteError
 */
export async function prepareRunDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    const probe = join(directory, '.writable');
    await (await open(probe, 'w')).close();
    await rm(probe);
  } catch (error) {
    throw new FileWriteError(directory, error);
  }
}

/**
 * Writes `run.json`: whole, or not at all.
 * @throws FileWriteError; nothing half-written is left behind.
 */
export async function writeRunFile(directory: string, run: RunFile): Promise<void> {
  await writeInto(directory, runKind, run);
}

/**
 * Writes `part.json`: whole, or not at all.
 * @throws FileWriteError; nothing half-written is left behind.
 */
export async function writePartFile(directory: string, part: PartFile): Promise<void> {
  await writeInto(directory, partKind, part);
}

async function writeInto<T>(directory: string, kind: RecordKind<T>, record: T): Promise<void> {
  try {
    await writeRecord(kind, join(directory, kind.fileName), record);
  } catch (error) {
    // Only when it is empty: what else a run left there stays.
    await rmdir(directory).catch(() => undefined);
    throw error;
  }
}
