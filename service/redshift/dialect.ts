import { UnknownDialectError } from '../errors.ts';
import { runSql, type DataApi } from './dataApi.ts';

/** The databases that the SQL of this room is written for; what they cannot share is chosen by name. */
export type Dialect = 'redshift' | 'postgresql';

/**
 * The dialect behind the answer to `SELECT version()`. Redshift calls itself PostgreSQL 8.0.2 first
 * and Redshift at the end.
 * @throws UnknownDialectError
 */
export function dialectOf(version: string): Dialect {
  if (/\bRedshift\b/.test(version)) return 'redshift';
  if (version.startsWith('PostgreSQL ')) return 'postgresql';
  throw new UnknownDialectError(version);
}

/**
 * Asks the database which dialect it speaks.
 * @throws UnknownDialectError, StatementError
 */
export async function detectDialect(api: DataApi): Promise<Dialect> {
  const [row] = await runSql(api, 'SELECT version() AS version');
  return dialectOf(String(row?.['version'] ?? ''));
}
