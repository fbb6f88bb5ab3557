import type { DrillResult } from '../chaos/drillFile.ts';
import type { BreakpointFile } from '../loadtests/gate/breakpointFile.ts';
import type { RecoveryFile } from '../loadtests/gate/recoveryFile.ts';
import type { VerdictFile } from '../loadtests/gate/verdictFile.ts';
import type { RunFile } from '../loadtests/runFile.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';

export const codeOfRun = (run: RunFile): ExitCode => {
  // As k6 ends then, too: its threshold has failed, and the run has told what it was asked.
  if (run.abortedBy) return exitCodes.threshold;
  if (!run.complete) return exitCodes.inconclusive;
  return run.thresholds.every(({ ok }) => ok) ? exitCodes.passed : exitCodes.threshold;
};

/** A limit that was crossed is an answer, not a failure: the run's thresholds say whether users felt it. */
export const codeOfBreakpoint = ({ answer }: BreakpointFile): ExitCode =>
  answer === 'inconclusive' ? exitCodes.inconclusive : exitCodes.passed;

export const codeOfRecovery = ({ answer }: RecoveryFile): ExitCode =>
  ({
    recovered: exitCodes.passed,
    notRecovered: exitCodes.failed,
    inconclusive: exitCodes.inconclusive,
  })[answer];

export const codeOfVerdict = ({ verdict }: VerdictFile): ExitCode =>
  ({ pass: exitCodes.passed, fail: exitCodes.failed, inconclusive: exitCodes.inconclusive })[verdict];

export const codeOfDrill = ({ verdict }: DrillResult): ExitCode =>
  ({
    passed: exitCodes.passed,
    failed: exitCodes.failed,
    invalid: exitCodes.inconclusive,
    interrupted: exitCodes.interrupted,
  })[verdict];
