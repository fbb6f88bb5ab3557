import { runSql, type DataApi } from './dataApi.ts';
import type { Dialect } from './dialect.ts';

/** A connection that was opened. */
export interface Opening {
  /** By the database's own clock, Unix milliseconds. */
  atMs: number;
  user: string;
  pid: number;
}

/**
 * Redshift keeps a log of connections, for superusers. PostgreSQL keeps none in its tables: there those are told that
 * are still open, so that whoever wants all of them looks again and again.
 */
const list: Record<Dialect, string> = {
  redshift: `
    SELECT DATEDIFF(ms, TIMESTAMP '1970-01-01 00:00:00', record_time) AS at_ms, TRIM(user_name) AS "user",
      session_id AS pid
    FROM sys_connection_log
    WHERE TRIM(event) = 'initiating session' AND TRIM(database_name) = current_database()
      AND record_time >= TIMESTAMP 'epoch' + CAST(:since AS FLOAT8) * INTERVAL '1 second'
    ORDER BY record_time`,
  postgresql: `
    SELECT CAST(EXTRACT(EPOCH FROM backend_start) * 1000 AS BIGINT) AS at_ms, usename AS "user", pid
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND backend_start >= to_timestamp(CAST(:since AS FLOAT8))
    ORDER BY backend_start`,
};

/**
 * Connections that these users opened since then, the oldest first.
 * @throws StatementError
 */
export async function listOpenings(
  api: DataApi,
  dialect: Dialect,
  { users, sinceMs }: { users: readonly string[]; sinceMs: number },
): Promise<Opening[]> {
  const rows = await runSql(api, list[dialect], { since: sinceMs / 1_000 });
  return rows
    .map((row) => ({ atMs: Number(row['at_ms']), user: String(row['user']), pid: Number(row['pid']) }))
    .filter(({ user }) => users.includes(user));
}
