import { runSql, type DataApi } from './dataApi.ts';
import type { Dialect } from './dialect.ts';

/** A session of the database: who holds a connection. */
export interface Session {
  pid: number;
  user: string;
}

const list: Record<Dialect, string> = {
  redshift: `
    SELECT process AS pid, TRIM(user_name) AS "user"
    FROM stv_sessions
    WHERE TRIM(db_name) = current_database() AND process <> pg_backend_pid()
    ORDER BY process`,
  postgresql: `
    SELECT pid, usename AS "user"
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY pid`,
};

/**
 * The sessions of the database other than the one that asks; only those of `users` when given.
 * @throws StatementError
 */
export async function listSessions(
  api: DataApi,
  dialect: Dialect,
  users?: readonly string[],
): Promise<Session[]> {
  const rows = await runSql(api, list[dialect]);
  return rows
    .map((row) => ({ pid: Number(row['pid']), user: String(row['user']) }))
    .filter((session) => users === undefined || users.includes(session.user));
}

/**
 * Ends a session; one that is gone already is no error. The asking user must be a superuser, or the
 * session its own. Both dialects share `pg_terminate_backend`.
 * @throws StatementError
 */
export async function terminateSession(api: DataApi, pid: number): Promise<void> {
  await runSql(api, 'SELECT pg_terminate_backend(CAST(:pid AS INTEGER))', { pid });
}
