import { postgresqlDialect } from './postgresqlDialect.ts';
import type { ProbeDialect } from './look.ts';

/**
 * PostgreSQL of Amazon RDS and Aurora, which gives nobody its files: what any user who may log in can ask. Its own
 * metrics tell of the memory (`FreeableMemory`).
 *
 * SELECTs: as with every PostgreSQL, committed transactions take their place.
 * Connections: of all databases, since `max_connections` is the server's. Whose they are is not asked, which only
 * `pg_monitor` may.
 * Queue wait: the longest wait for a lock that goes on at the moment of the look; it needs PostgreSQL 14. A wait for
 * another's row is one for that one's transaction, which is of no database.
 */
export const rdsPostgresqlDialect: ProbeDialect = {
  sql: `
    SELECT
      CAST(NULL AS float8) AS memory_percent,
      (SELECT CAST(xact_commit AS float8) FROM pg_stat_database WHERE datname = current_database()) AS selects,
      (SELECT CAST(sum(numbackends) AS float8) FROM pg_stat_database) AS connections,
      (SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0) * 1000 AS float8)
         FROM pg_locks
        WHERE NOT granted
          AND (database IS NULL OR database IN (
            0, (SELECT oid FROM pg_database WHERE datname = current_database())
          ))) AS queue_wait_ms,
      CAST(extract(epoch FROM clock_timestamp()) AS float8) AS at_seconds`,
  parameters: () => ({}),
  selectsPerSecond: (previous, current) => postgresqlDialect.selectsPerSecond(previous, current),
};
