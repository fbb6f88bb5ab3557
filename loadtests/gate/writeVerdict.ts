import { breakpointFileSchema, type BreakpointFile } from './breakpointFile.ts';
import { recoveryFileSchema, type RecoveryFile } from './recoveryFile.ts';
import { verdictFileSchema, type VerdictFile } from './verdictFile.ts';
import { writeAnswer } from './writeAnswer.ts';

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
