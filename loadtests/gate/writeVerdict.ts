import { readFile } from 'node:fs/promises';
import { RunFileError } from '../errors.ts';
import { writeWhole } from '../writeWhole.ts';
import { verdictFileSchema, type VerdictFile } from './verdictFile.ts';

/**
 * Writes the verdict whole or not at all. An inconclusive one does not take the place of an earlier answer
 * about the same run: metrics live shorter than runs, and judging late must lose nothing.
 * @returns the verdict that stands in the file now
 * @throws RunFileError when there is no room, or no such folder.
 */
export async function writeVerdict(path: string, verdict: VerdictFile): Promise<VerdictFile> {
  if (verdict.verdict === 'inconclusive') {
    const earlier = await readVerdict(path);
    if (earlier?.runId === verdict.runId && earlier.verdict !== 'inconclusive') return earlier;
  }
  try {
    await writeWhole(path, `${JSON.stringify(verdictFileSchema.parse(verdict), null, 2)}\n`);
    return verdict;
  } catch (error) {
    throw new RunFileError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The verdict in a file, or undefined when there is none that can be read. */
async function readVerdict(path: string): Promise<VerdictFile | undefined> {
  try {
    return verdictFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
