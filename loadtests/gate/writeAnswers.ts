import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { RunFileError } from '../../records/errors.ts';
import { writeWhole } from '../../core/writeWhole.ts';
import { breakpointFileSchema, type BreakpointFile } from '../../records/breakpoint.ts';
import { recoveryFileSchema, type RecoveryFile } from '../../records/recovery.ts';
import { verdictFileSchema, type VerdictFile } from '../../records/verdict.ts';

/**
 * @returns the verdict that stands in the file now
 * @throws RunFileError
 */
export const writeVerdict = (path: string, verdict: VerdictFile): Promise<VerdictFile> =>
  writeAnswer(path, verdictFileSchema, verdict, (one) => one.verdict === 'inconclusive');

/**
 * @returns the answer that stands in the file now
 * @throws RunFileError
 */
export const writeBreakpoint = (path: string, breakpoint: BreakpointFile): Promise<BreakpointFile> =>
  writeAnswer(path, breakpointFileSchema, breakpoint, ({ answer }) => answer === 'inconclusive');

/**
 * @returns the answer that stands in the file now
 * @throws RunFileError
 */
export const writeRecovery = (path: string, recovery: RecoveryFile): Promise<RecoveryFile> =>
  writeAnswer(path, recoveryFileSchema, recovery, ({ answer }) => answer === 'inconclusive');

/**
 * Writes what was concluded from a run, whole or not at all. An inconclusive answer does not take the place of
 * an earlier one about the same run: metrics live shorter than runs, and asking late must lose nothing.
 * @returns the answer that stands in the file now
 * @throws RunFileError when there is no room, or no such folder
 */
async function writeAnswer<T extends { runId: string }>(
  path: string,
  schema: z.ZodType<T>,
  answer: T,
  isInconclusive: (answer: T) => boolean,
): Promise<T> {
  if (isInconclusive(answer)) {
    const earlier = await readAnswer(path, schema);
    if (earlier?.runId === answer.runId && !isInconclusive(earlier)) return earlier;
  }
  try {
    await writeWhole(path, `${JSON.stringify(schema.parse(answer), null, 2)}\n`);
    return answer;
  } catch (error) {
    throw new RunFileError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The answer in a file, or undefined when there is none that can be read. */
async function readAnswer<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
