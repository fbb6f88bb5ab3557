import type { Shortcut } from '../network/shortcut.ts';

/** What travels between the stage and an execution environment. Payloads are JSON texts, as on Lambda. */
export interface InvocationRequest {
  requestId: string;
  event: string;
  /** Milliseconds since the epoch at which the invocation is ended from outside. */
  deadlineMs: number;
  traceId: string;
}

/** A failure as Lambda shows it to the caller. */
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export type EnvironmentMessage =
  | { type: 'ready' }
  | { type: 'initFailed'; error: FunctionError; lines: string[] }
  | { type: 'lines'; lines: string[] }
  | { type: 'result'; requestId: string; payload: string; lines: string[] }
  | { type: 'failure'; requestId: string; error: FunctionError; lines: string[] };

/** What an execution environment is told once, when it starts. */
export interface EnvironmentData {
  codeDirectory: string;
  /** `file.export`, as in the template. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMiB: number;
  logGroupName: string;
  /** Its ways past the proxy before the databases. */
  shortcuts: readonly Shortcut[];
}
