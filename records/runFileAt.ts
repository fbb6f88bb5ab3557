import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runKind } from './run.ts';

/** A run's file, where its folder is given too. */
export async function runFileAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return resolve(found?.isDirectory() === true ? join(path, runKind.fileName) : path);
}
