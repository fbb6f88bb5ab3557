import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RecordKind } from './recordKind.ts';

/** A record's file, where its folder is given too. */
export async function recordFileAt({ fileName }: RecordKind<unknown>, path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return resolve(found?.isDirectory() === true ? join(path, fileName) : path);
}
