import { DrillFileError, DrillRefusedError, JournalError, UnknownDrillError } from '../chaos/errors.ts';
import { FleetConfigError, BudgetError } from '../infra/errors.ts';
import { LocalStageError, PostgresStartError } from '../infra/local/errors.ts';
import { K6Error, RunFileError, SeedError, UnknownProfileError } from '../loadtests/errors.ts';
import { MetricsForbiddenError } from '../loadtests/gate/errors.ts';
import { StageNotFoundError, SystemDocumentError } from '../monitoring/errors.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';

/** What the person at the terminal asked for cannot be done as asked. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C, or the termination signal. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('interrupted');
  }
}

/** The stage ended under a test's feet: what was measured proves nothing. */
export class StageLostError extends Error {
  override readonly name = 'StageLostError';
}

/** The stage's process could not start and has said why; its exit code speaks for this process too. */
export class ChildFailedError extends Error {
  override readonly name = 'ChildFailedError';
  readonly exitCode: ExitCode;
  constructor(code: number | null) {
    super('the stage could not be started; the lines above say why.');
    this.exitCode = Object.values(exitCodes).find((known) => known === code) ?? exitCodes.bug;
  }
}

type ErrorClass = abstract new (...parameters: never[]) => Error;

/** Usage, configuration, or the machine's state: the message says what to change. */
const usageErrors: readonly ErrorClass[] = [
  UsageError,
  FleetConfigError,
  BudgetError,
  LocalStageError,
  PostgresStartError,
  StageNotFoundError,
  SystemDocumentError,
  UnknownProfileError,
  UnknownDrillError,
  RunFileError,
  JournalError,
  DrillFileError,
  DrillRefusedError,
  MetricsForbiddenError,
];

/** The question stays open. */
const inconclusiveErrors: readonly ErrorClass[] = [StageLostError, SeedError, K6Error];

/** The one place where an error becomes an exit code. */
export function exitCodeOf(error: unknown): ExitCode {
  const is = (classes: readonly ErrorClass[]) => classes.some((known) => error instanceof known);
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  if (error instanceof ChildFailedError) return error.exitCode;
  if (is(usageErrors)) return exitCodes.usage;
  if (is(inconclusiveErrors)) return exitCodes.inconclusive;
  return exitCodes.bug;
}

/** Whether the message alone says what to do, so that a stack trace would only hide it. */
export const isExpected = (error: unknown): boolean =>
  error instanceof ChildFailedError || exitCodeOf(error) !== exitCodes.bug;
