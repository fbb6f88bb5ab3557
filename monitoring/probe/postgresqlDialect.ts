import type { ProbeDialect } from './look.ts';

/**
 * PostgreSQL, in Redshift's place on the local stage. It needs Linux's /proc: elsewhere the statement
 * fails, and memory is missing data.
 *
 * Memory: the proportional set size (PSS, which divides shared pages among the processes that map them)
 * of this database's backends and an equal share of what no database owns (the server's own processes and the
 * administrators' sessions), over this database's equal share of the machine's memory. So the shares of all
 * databases are the whole server's.
 *
 * SELECTs: PostgreSQL counts no statements unless it is told to at its start. Committed transactions take
 * their place. The service's reads are one transaction each, health checks among them; a subscriber's batch
 * and the probe's own look are one each as well, so the count is a little high. A backend reports what it
 * counted once a second at most.
 *
 * Queue wait: there is no workload queue; what keeps a statement waiting is another's lock. The longest wait
 * that goes on at the moment of the look takes its place.
 */
export const postgresqlDialect: ProbeDialect = {
  sql: `
    WITH processes AS (
      SELECT pid, datname IS NOT DISTINCT FROM current_database() AS own
      FROM pg_stat_activity
      WHERE datname = current_database() OR datname IS NULL OR datname = 'postgres'
      UNION ALL
      SELECT CAST(split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS int), false
    ), memory AS (
      SELECT own, CAST(substring(
        pg_read_file('/proc/' || pid || '/smaps_rollup') FROM '\\nPss: +([0-9]+) kB') AS float8) AS kib
      FROM processes
    ), server AS (
      SELECT
        (SELECT count(*) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres') AS databases,
        CAST(substring(pg_read_file('/proc/meminfo') FROM 'MemTotal: +([0-9]+) kB') AS float8) AS total_kib
    )
    SELECT
      (SELECT 100 * (coalesce(sum(kib) FILTER (WHERE own), 0)
                     + coalesce(sum(kib) FILTER (WHERE NOT own), 0) / databases)
                  / (total_kib / databases)
         FROM memory) AS memory_percent,
      (SELECT CAST(xact_commit AS float8) FROM pg_stat_database WHERE datname = current_database()) AS selects,
      (SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend') AS connections,
      (SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0) * 1000 AS float8)
         FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND datname = current_database()) AS queue_wait_ms,
      CAST(extract(epoch FROM clock_timestamp()) AS float8) AS at_seconds
    FROM server`,

  parameters: () => ({}),

  selectsPerSecond(previous, current) {
    if (previous.selects === null || current.selects === null) return null;
    const counted = current.selects - previous.selects;
    const seconds = current.atSeconds - previous.atSeconds;
    // A counter that fell was reset, with its database or its statistics.
    return counted < 0 || seconds <= 0 ? null : counted / seconds;
  },
};
