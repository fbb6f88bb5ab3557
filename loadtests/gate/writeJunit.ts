import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileWriteError } from '../../core/errors.ts';
import { writeWhole } from '../../core/writeWhole.ts';
import { formatJunit } from './formatJunit.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/**
 * Writes the verdict as JUnit XML; the folder is made when it doesn't exist.
 * @throws FileWriteError
 */
export async function writeJunit(path: string, verdict: VerdictFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw new FileWriteError(path, error);
  }
  await writeWhole(path, formatJunit(verdict));
}
