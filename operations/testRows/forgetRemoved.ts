import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RemovedRows } from './removeFromSystem.ts';

/** Drops the record of a run's test rows once none of them is left, nor may come. @param path of the record */
export async function forgetRemoved(path: string, removed: readonly RemovedRows[]): Promise<void> {
  if (removed.some(({ left }) => left.length > 0)) return;
  await rm(path, { force: true });
  // A run that was refused or killed may have left nothing else there.
  await rmdir(dirname(path)).catch(() => undefined);
}
