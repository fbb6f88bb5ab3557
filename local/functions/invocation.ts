import type { FunctionError } from './protocol.ts';

/** Why an invocation gave no result. */
export type FailureKind =
  /** More invocations at once than the function may have; it never started. */
  | 'throttled'
  /** The handler threw, or could not be loaded. */
  | 'handler'
  | 'timeout'
  /** The environment ended: memory exhausted, exit, an error nobody caught. */
  | 'crashed'
  /** The stage is stopping. */
  | 'stopped';

export interface Failure {
  kind: FailureKind;
  error: FunctionError;
}

export type RawOutcome =
  | { ok: true; requestId: string; durationMs: number; payload: string }
  | ({ ok: false; requestId: string; durationMs: number } & Failure);

/** One call of a function, until it is settled. */
export interface Invocation {
  readonly requestId: string;
  /** JSON */
  readonly event: string;
  readonly traceId: string;
  /** As performance.now(). Waiting for an environment is not the invocation's time, on Lambda neither. */
  startedAt: number;
  settle(outcome: RawOutcome): void;
}

export const throttled: Failure = {
  kind: 'throttled',
  error: { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' },
};

export const stopped: Failure = {
  kind: 'stopped',
  error: { errorType: 'StageStopped', errorMessage: 'the stage is stopping' },
};

export function succeed(invocation: Invocation, payload: string): void {
  const { requestId, startedAt } = invocation;
  invocation.settle({ ok: true, requestId, durationMs: performance.now() - startedAt, payload });
}

export function fail(invocation: Invocation, failure: Failure): void {
  const { requestId, startedAt } = invocation;
  const durationMs = failure.kind === 'throttled' ? 0 : performance.now() - startedAt;
  invocation.settle({ ok: false, requestId, durationMs, ...failure });
}
