import { DrillRefusedError, NotRestoredError, UnknownDrillError } from '../chaos/errors.ts';
import { FileWriteError } from '../core/errors.ts';
import { FleetConfigError, StageNotFoundError, SystemDocumentError } from '../fleet/errors.ts';
import { BudgetError, BundleError } from '../infra/errors.ts';
import { LocalStageError, PostgresLostError, PostgresStartError, TemplateError } from '../local/errors.ts';
import {
  CollectError,
  InstanceError,
  K6Error,
  NotComparableError,
  RunTooLongError,
  ScriptError,
  SeedError,
  SegmentError,
  ThresholdError,
  UnknownProfileError,
  UnsupportedError,
} from '../loadtests/errors.ts';
import { MetricsForbiddenError } from '../loadtests/gate/errors.ts';
import {
  CdkError,
  EvidenceForbiddenError,
  LogsQueryError,
  PauseError,
  SystemsFailedError,
  UsageError,
} from '../operations/errors.ts';
import { RecordError } from '../records/errors.ts';
import { exitCodes, strongest, type ExitCode } from './exitCodes.ts';

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

/**
 * What made work stop: SDK clients that are aborted throw an AbortError of their own, which says less than
 * the signal's reason.
 */
export const whyStopped = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted && error instanceof Error && error.name === 'AbortError' ? signal.reason : error;

type ErrorClass = abstract new (...parameters: never[]) => Error;

/** Usage, configuration, or the machine's state: the message says what to change. */
const usageErrors: readonly ErrorClass[] = [
  UsageError,
  FleetConfigError,
  BudgetError,
  PauseError,
  BundleError,
  CdkError,
  EvidenceForbiddenError,
  LocalStageError,
  PostgresStartError,
  TemplateError,
  StageNotFoundError,
  SystemDocumentError,
  UnknownProfileError,
  UnknownDrillError,
  RecordError,
  FileWriteError,
  RunTooLongError,
  SegmentError,
  ScriptError,
  UnsupportedError,
  ThresholdError,
  CollectError,
  NotComparableError,
  DrillRefusedError,
  MetricsForbiddenError,
];

/** The question stays open. */
const inconclusiveErrors: readonly ErrorClass[] = [
  StageLostError,
  SeedError,
  K6Error,
  InstanceError,
  LogsQueryError,
];

/** What AWS answers when the caller, and not the tool, has to change something; by the error's name. */
const awsUsageErrors: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'log in to AWS, or set AWS_PROFILE or the AWS_* variables',
  ExpiredTokenException: 'log in to AWS again',
  ExpiredToken: 'log in to AWS again',
  UnrecognizedClientException:
    'these credentials are not known there; check AWS_PROFILE and AWS_ENDPOINT_URL',
  InvalidClientTokenId: 'these credentials are not known there; check AWS_PROFILE and AWS_ENDPOINT_URL',
  AccessDeniedException: 'use a role that may do this',
  AccessDenied: 'use a role that may do this',
  UnauthorizedOperation: 'use a role that may do this',
};

/** What emulators answer to an action that they lack. */
const unknownActions = new Set([
  'InvalidAction',
  'NotImplemented',
  'NotImplementedError',
  'UnknownOperationException',
]);

/** Whether who answered is not AWS: it lacks an action, or answers it in a form that SDK clients cannot read. */
const isNotAws = (error: Error): boolean =>
  unknownActions.has(error.name) || ('$response' in error && error.message.includes('Deserialization error'));

/** Codes of connections that could not be made: nobody listens there, or the name is unknown. */
const unreachableCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What the person at the terminal is told, and the exit code that goes with it. */
export interface Explanation {
  code: ExitCode;
  /** A stack trace only for what nobody foresaw. */
  text: string;
}

/** The one place where an error becomes an exit code and a message. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof Error)) return { code: exitCodes.bug, text: String(error) };
  const is = (classes: readonly ErrorClass[]) => classes.some((known) => error instanceof known);
  const { message } = error;
  if (error instanceof InterruptedError) return { code: exitCodes.interrupted, text: message };
  if (error instanceof ChildFailedError) return { code: error.exitCode, text: message };
  if (error instanceof SystemsFailedError) {
    const codes = error.failures.map((failure) => explain(failure.error).code);
    return { code: strongest(codes), text: message };
  }
  if (is(usageErrors)) return { code: exitCodes.usage, text: message };
  if (is(inconclusiveErrors)) return { code: exitCodes.inconclusive, text: message };
  // As where "chaos restore" leaves something.
  if (error instanceof NotRestoredError) return { code: exitCodes.failed, text: message };
  if (error instanceof PostgresLostError) return { code: exitCodes.bug, text: message };
  const advice = awsUsageErrors[error.name];
  if (advice !== undefined) return { code: exitCodes.usage, text: `AWS: ${message}: ${advice}.` };
  if (isNotAws(error)) {
    const [first] = message.split('\n');
    const text =
      `${error.name}: ${first}: the endpoint lacks an action that this needs, or answers it as AWS does not. ` +
      'If AWS_ENDPOINT_URL names an emulator, try another, or the stage on this machine.';
    return { code: exitCodes.usage, text };
  }
  if (unreachableCodes.has((error as NodeJS.ErrnoException).code ?? '')) {
    const text = `${message}: is AWS_ENDPOINT_URL right, and is the stage running?`;
    return { code: exitCodes.usage, text };
  }
  return { code: exitCodes.bug, text: error.stack ?? message };
}
