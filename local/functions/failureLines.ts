import type { Failure } from './invocation.ts';

/** How a function's log is written, as its logging configuration says. */
export type LogFormat = 'Text' | 'JSON';

/** An invocation that failed, as its log is to tell. */
export interface FailedInvocation extends Failure {
  requestId: string;
  durationMs: number;
  /** The function's configured size. */
  memoryMiB: number;
  /** Its end, in milliseconds since the epoch. */
  endedAtMs: number;
}

/**
 * What Lambda's runtime and Lambda itself write about an invocation that failed: in JSON the error that the handler
 * threw, and the report, which the system log level WARN lets through where the status is no success.
 */
export function failureLines(format: LogFormat, failed: FailedInvocation): string[] {
  const { requestId, kind, error, durationMs, memoryMiB, endedAtMs } = failed;
  if (format === 'Text') return [`${requestId} ERROR Invoke Error ${JSON.stringify(error)}`];
  const { errorType, errorMessage, trace: stackTrace } = error;
  const time = new Date(endedAtMs).toISOString();
  const report = {
    time,
    type: 'platform.report',
    record: {
      requestId,
      status: kind === 'timeout' ? 'timeout' : 'error',
      errorType,
      metrics: { durationMs, billedDurationMs: Math.ceil(durationMs), memorySizeMB: memoryMiB },
    },
  };
  const thrown = {
    timestamp: time,
    level: 'ERROR',
    requestId,
    message: { errorType, errorMessage, stackTrace },
  };
  return (kind === 'handler' ? [thrown, report] : [report]).map((line) => JSON.stringify(line));
}
