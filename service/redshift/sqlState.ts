import { DatabaseError } from 'pg';
import { DatabaseUnavailableError, ServiceError } from '../errors.ts';

/** SQLSTATE of a password that is wrong (PostgreSQL 28P01, Redshift 28000). */
export const isPasswordRefused = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.code === '28P01' || error.code === '28000');

/** Serialization failures and deadlocks (40001, 40P01); Redshift says `1023` in its message. */
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError &&
  (error.code === '40001' ||
    error.code === '40P01' ||
    /\b1023\b.*isolation violation/is.test(errorText(error)));

const errorText = (error: DatabaseError): string => `${error.message} ${error.detail ?? ''}`;

const networkCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);

/** Whether the connection is gone: ended by the network (`pg` has words for it, not codes) or by the server.
 * What is fatal ends a session, whatever its code; codes decide where severities are translated: class 08,
 * an operator or a restart (57P01, 57P02, 57P03), the session's idle time (57P05). */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof DatabaseError) {
    return /^(FATAL|PANIC)$/.test(error.severity ?? '') || /^(08|57P0[1235])/.test(error.code ?? '');
  }
  if (!(error instanceof Error)) return false;
  return (
    networkCodes.has((error as NodeJS.ErrnoException).code ?? '') ||
    /^(Connection terminated|Client has encountered a connection error|timeout expired)/.test(error.message)
  );
}

/** The service's own error for what the database or the way to it answered; anything else stays as it is. */
export function toServiceError(error: unknown): unknown {
  const options = { cause: error, retryAfterMs: 1_000 };
  if (isConnectionLost(error)) {
    return new DatabaseUnavailableError(
      'databaseUnreachable',
      'the connection to the database was lost',
      options,
    );
  }
  if (!(error instanceof DatabaseError)) return error;
  // Class 53: out of connections, memory or disk. 57014: statement timeout.
  if (error.code?.startsWith('53')) {
    return new DatabaseUnavailableError('databaseUnreachable', 'the database is out of resources', options);
  }
  if (error.code === '57014') {
    return new DatabaseUnavailableError('databaseSlow', 'the database gave up a statement', options);
  }
  return new ServiceError('databaseFailed', `the database refused a statement (SQLSTATE ${error.code})`, {
    cause: error,
  });
}
