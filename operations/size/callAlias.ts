import { InvokeCommand, TooManyRequestsException, type LambdaClient } from '@aws-sdk/client-lambda';
import { describeError } from '../../core/describeError.ts';
import { reportIn, type Invocation } from './invocation.ts';

/** A published size, and what calls it. */
export interface CalledAlias {
  /** Of whose calls none is tried again: what is throttled shall be seen. */
  lambda: LambdaClient;
  functionName: string;
  alias: string;
  version: string;
  memoryMiB: number;
  /** After so long it has no answer any more: the function's own timeout is over, with the start of its environment. */
  withinMs: number;
}

/** An event, and what is wrong with the function's answer to it; null for the right one. */
export interface Call {
  event: unknown;
  problemWith: (answer: unknown) => string | null;
  /** Told where Lambda turned the call away, so that the function never saw it. */
  onThrottled?: () => void;
}

/**
 * One call of a function's alias, as API Gateway and a queue's pollers make it: synchronous, and answered with the end of
 * its log. Once begun it is waited for, since the function goes on whoever has gone.
 * @throws what says that no call of it can succeed: no permission, no such alias
 */
export async function callAlias(
  { lambda, functionName, alias, version, memoryMiB, withinMs }: CalledAlias,
  { event, problemWith, onThrottled }: Call,
): Promise<Invocation> {
  try {
    const { FunctionError, Payload, LogResult, ExecutedVersion } = await lambda.send(
      new InvokeCommand({
        FunctionName: functionName,
        Qualifier: alias,
        LogType: 'Tail',
        Payload: JSON.stringify(event),
      }),
      { abortSignal: AbortSignal.timeout(withinMs) },
    );
    const text = Payload === undefined ? '' : Buffer.from(Payload).toString();
    if (FunctionError !== undefined) return { state: 'failed', reason: `${FunctionError}: ${text}` };
    const problem = problemWith(parsed(text));
    if (problem !== null) return { state: 'failed', reason: problem };
    const report = reportIn(Buffer.from(LogResult ?? '', 'base64').toString());
    if (report === null) return { state: 'unreported', reason: 'the end of its log has none' };
    if (ExecutedVersion === version && report.memoryMiB === memoryMiB) return { state: 'answered', report };
    const other = `version ${ExecutedVersion} with ${report.memoryMiB} MiB answered`;
    return { state: 'unreported', reason: `${other}, and not version ${version} with ${memoryMiB}` };
  } catch (error) {
    if (error instanceof TooManyRequestsException) {
      onThrottled?.();
      return { state: 'throttled' };
    }
    if (isFinal(error)) throw error;
    return { state: 'failed', reason: describeError(error) };
  }
}

const isFinal = (error: unknown): boolean =>
  error instanceof Error && ['AccessDeniedException', 'ResourceNotFoundException'].includes(error.name);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
