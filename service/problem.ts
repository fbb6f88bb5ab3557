import type { APIGatewayProxyResult } from 'aws-lambda';
import { DatabaseUnavailableError, ServiceError, type ErrorCode } from './errors.ts';

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

/** The errors a client is told by name; every other is an internal one. */
const kinds: Partial<Record<ErrorCode, ProblemKind>> = {
  clientIdInvalid: { status: 400, title: 'Invalid client id' },
  clientNotFound: { status: 404, title: 'No such client' },
  routeUnknown: { status: 404, title: 'No such resource' },
  databaseUnreachable: { status: 503, title: 'Database unreachable', detail: retry },
  databaseSlow: { status: 503, title: 'Database too slow', detail: retry },
  databaseCredentials: { status: 503, title: 'Database refuses the service', detail: retry },
  databaseFailed: { ...internal, title: 'Database error' },
  clientAmbiguous: { ...internal, title: 'Ambiguous client' },
};

/** The status an error is answered with. */
export const statusOf = (error: unknown): number =>
  (error instanceof ServiceError ? kinds[error.errorCode] : undefined)?.status ?? internal.status;

/**
 * The answer to a request that failed: an RFC 9457 problem. What a server-side failure was is for the
 * log; the client gets the request id under which the log has it.
 */
export function problemResponse(error: unknown, requestId: string): APIGatewayProxyResult {
  const kind = error instanceof ServiceError ? kinds[error.errorCode] : undefined;
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
