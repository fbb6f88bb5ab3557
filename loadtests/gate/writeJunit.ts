import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunFileError } from '../../records/errors.ts';
import { writeWhole } from '../../core/writeWhole.ts';
import { formatJunit } from './formatJunit.ts';
import type { VerdictFile } from '../../records/verdict.ts';

/**
 * Writes the verdict as JUnit XML; the folder is made when it doesn't exist.
 * @throws RunFileError
 */
export async function writeJunit(path: string, verdict: VerdictFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, formatJunit(verdict));
  } catch (error) {
    throw new RunFileError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
