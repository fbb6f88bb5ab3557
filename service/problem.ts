import type { APIGatewayProxyResult } from 'aws-lambda';
import {
  CallerError,
  DatabaseUnavailableError,
  ServiceError,
  type ErrorCode,
  type SharedErrorCode,
} from './errors.ts';

interface ProblemKind {
  status: number;
  title: string;
  /** Left out where the error's own message is meant for the client: what it asked for wrongly. */
  detail?: string;
}

const internal = {
  status: 500,
  title: 'Internal error',
  detail: 'The request failed for a reason that is logged under its request id.',
} satisfies ProblemKind;
const retry = 'Nothing is wrong with the request; try again after the time that Retry-After gives.';

/** The errors a caller is told by name, beside those of the contract; every other is an internal one. */
const kinds: Partial<Record<SharedErrorCode, ProblemKind>> = {
  routeUnknown: { status: 404, title: 'No such resource' },
  databaseUnreachable: { status: 503, title: 'Database unreachable', detail: retry },
  databaseSlow: { status: 503, title: 'Database too slow', detail: retry },
  databaseCredentials: { status: 503, title: 'Database refuses the service', detail: retry },
  databaseFailed: { ...internal, title: 'Database error' },
};

function kindOf(error: unknown): ProblemKind | undefined {
  if (error instanceof CallerError) {
    const { status, title } = error;
    return status < 500 ? { status, title } : { ...internal, status, title };
  }
  return error instanceof ServiceError ? kinds[error.errorCode as SharedErrorCode] : undefined;
}

/** The status an error is answered with. */
export const statusOf = (error: unknown): number => kindOf(error)?.status ?? internal.status;

/**
 * The answer to a request that failed: an RFC 9457 problem. What a server-side failure was is for the
 * log; the client gets the request id under which the log has it.
 */
export function problemResponse(error: unknown, requestId: string): APIGatewayProxyResult {
  const kind = kindOf(error);
  const errorCode: ErrorCode = error instanceof ServiceError && kind ? error.errorCode : 'internal';
  const { status, title, detail } = kind ?? internal;
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(error instanceof DatabaseUnavailableError
        ? { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))) }
        : {}),
    },
    body: JSON.stringify({
      type: `urn:headroom:problem:${errorCode}`,
      title,
      status,
      detail: detail ?? (error instanceof Error ? error.message : internal.detail),
      requestId,
    }),
  };
}
