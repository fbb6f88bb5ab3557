import type { RecordKind } from '../../records/recordKind.ts';
import { readRecord, recordOrNull, writeRecord } from '../../records/recordFile.ts';
import { breakpointKind, type BreakpointFile } from '../../records/breakpoint.ts';
import { recoveryKind, type RecoveryFile } from '../../records/recovery.ts';
import { verdictKind, type VerdictFile } from '../../records/verdict.ts';

/** @returns the verdict that stands in the file now; @throws as `writeAnswer` */
export const writeVerdict = (path: string, verdict: VerdictFile): Promise<VerdictFile> =>
  writeAnswer(verdictKind, path, verdict, (one) => one.verdict === 'inconclusive');

/** @returns the answer that stands in the file now; @throws as `writeAnswer` */
export const writeBreakpoint = (path: string, breakpoint: BreakpointFile): Promise<BreakpointFile> =>
  writeAnswer(breakpointKind, path, breakpoint, ({ answer }) => answer === 'inconclusive');

/** @returns the answer that stands in the file now; @throws as `writeAnswer` */
export const writeRecovery = (path: string, recovery: RecoveryFile): Promise<RecoveryFile> =>
  writeAnswer(recoveryKind, path, recovery, ({ answer }) => answer === 'inconclusive');

/**
 * Writes what was concluded from a run, whole or not at all. An inconclusive answer does not take the place of
 * an earlier one about the same run: metrics live shorter than runs, and asking late must lose nothing.
 * @returns the answer that stands in the file now
 * @throws FileWriteError when there is no room, or no such folder
 * @throws RecordError for an inconclusive answer beside one that cannot be read: it may have been a better one
 */
async function writeAnswer<T extends { runId: string }>(
  kind: RecordKind<T>,
  path: string,
  answer: T,
  isInconclusive: (answer: T) => boolean,
): Promise<T> {
  if (isInconclusive(answer)) {
    const earlier = recordOrNull(await readRecord(kind, path));
    if (earlier?.runId === answer.runId && !isInconclusive(earlier)) return earlier;
  }
  await writeRecord(kind, path, answer);
  return answer;
}
