import { rename, rm, writeFile } from 'node:fs/promises';
import { RunFileError } from '../errors.ts';
import { verdictFileSchema, type VerdictFile } from './verdictFile.ts';

/**
 * Writes the verdict whole or not at all.
 * @throws RunFileError when there is no room, or no such folder.
 */
export async function writeVerdict(path: string, verdict: VerdictFile): Promise<void> {
  const text = `${JSON.stringify(verdictFileSchema.parse(verdict), null, 2)}\n`;
  const unfinished = `${path}.unfinished`;
  try {
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new RunFileError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
