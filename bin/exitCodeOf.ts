import type { DryRun } from '../chaos/dryRun.ts';
import type { ComparisonFile } from '../records/comparison.ts';
import type { DeliveryFile } from '../records/delivery.ts';
import type { DrillResult } from '../records/drill.ts';
import type { BreakpointFile } from '../records/breakpoint.ts';
import type { RecoveryFile } from '../records/recovery.ts';
import type { VerdictFile } from '../records/verdict.ts';
import type { RunFile } from '../records/run.ts';
import type { SizeFile } from '../records/size.ts';
import type { Finding } from '../operations/doctor/check.ts';
import type { StagePlan } from '../infra/plan/plan.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';

export const exitCodeOfRun = (run: RunFile): ExitCode => {
  // As k6 ends then, too: its threshold has failed, and the run has told what it was asked.
  if (run.abortedBy) return exitCodes.threshold;
  if (!run.complete || run.notLoaded) return exitCodes.inconclusive;
  return run.thresholds.every(({ ok }) => ok) ? exitCodes.passed : exitCodes.threshold;
};

/** A limit that was crossed is an answer, not a failure: the run's thresholds say whether users felt it. */
export const exitCodeOfBreakpoint = ({ answer }: BreakpointFile): ExitCode =>
  ({ crossed: exitCodes.passed, notCrossed: exitCodes.passed, inconclusive: exitCodes.inconclusive })[answer];

export const exitCodeOfRecovery = ({ answer }: RecoveryFile): ExitCode =>
  ({
    recovered: exitCodes.passed,
    notRecovered: exitCodes.failed,
    inconclusive: exitCodes.inconclusive,
  })[answer];

export const exitCodeOfDelivery = ({ answer }: DeliveryFile): ExitCode =>
  ({
    delivered: exitCodes.passed,
    notDelivered: exitCodes.failed,
    inconclusive: exitCodes.inconclusive,
  })[answer];

/** Which size is cheapest and quickest is an answer; that of some nothing is concluded is said beside it. */
export const exitCodeOfSize = ({ answer }: SizeFile): ExitCode =>
  answer === null ? exitCodes.inconclusive : exitCodes.passed;

export const exitCodeOfVerdict = ({ verdict }: VerdictFile): ExitCode =>
  ({ pass: exitCodes.passed, fail: exitCodes.failed, inconclusive: exitCodes.inconclusive })[verdict];

export const exitCodeOfComparison = ({ answer }: ComparisonFile): ExitCode =>
  ({
    noRegression: exitCodes.passed,
    regression: exitCodes.failed,
    inconclusive: exitCodes.inconclusive,
  })[answer];

/** AWS's quotas as every account has them, and the connection budget. */
export const exitCodeOfPlan = ({
  quotas,
  connections,
}: Pick<StagePlan, 'quotas' | 'connections'>): ExitCode =>
  quotas.every(({ used, limit }) => used <= limit) && connections.needed <= connections.allowed
    ? exitCodes.passed
    : exitCodes.failed;

export const exitCodeOfDrill = ({ verdict }: DrillResult): ExitCode =>
  ({
    passed: exitCodes.passed,
    failed: exitCodes.failed,
    invalid: exitCodes.inconclusive,
    interrupted: exitCodes.interrupted,
  })[verdict];

/** A drill that cannot be carried out proves nothing. */
export const exitCodeOfDryRun = ({ ready }: DryRun): ExitCode =>
  ready ? exitCodes.passed : exitCodes.inconclusive;

/** What could not be looked at weighs more than what is missing. */
export const exitCodeOfFindings = (findings: readonly Finding[]): ExitCode => {
  const states = new Set(findings.map(({ state }) => state));
  if (states.has('unknown')) return exitCodes.inconclusive;
  return states.has('missing') ? exitCodes.failed : exitCodes.passed;
};
