import type { ProbeDialect } from './look.ts';

/**
 * Amazon Redshift, which publishes neither memory nor a rate of SELECTs.
 *
 * Memory, an estimate: a query's working memory is that of its largest stream (streams follow each other,
 * the steps of one run together), as the planner set it aside: an upper bound of what was used. The highest
 * sum over queries that ran at the same moment since the last look is put over the memory of all nodes; a
 * query that spilled to disk makes it 100. Only queries that finished since the last look are known.
 * Queue wait: the longest time that a query finished since then spent in its workload queue. The views exist
 * on provisioned single-zone clusters only.
 */
export const redshiftDialect: ProbeDialect = {
  sql: `
    WITH span AS (
      SELECT timestamp 'epoch' + CAST(:since AS float8) * interval '1 second' AS since, getdate() AS until
    ), finished AS (
      SELECT query, starttime, endtime
      FROM stl_query, span
      WHERE userid > 1 AND endtime >= since AND endtime < until
    ), streams AS (
      SELECT finished.query, starttime, endtime, stm,
        SUM(CAST(workmem AS float8)) AS bytes,
        MAX(CASE WHEN is_diskbased = 't' THEN 1 ELSE 0 END) AS spilled
      FROM finished JOIN svl_query_summary ON svl_query_summary.query = finished.query
      GROUP BY finished.query, starttime, endtime, stm
    ), queries AS (
      SELECT starttime, endtime, MAX(bytes) AS bytes, MAX(spilled) AS spilled
      FROM streams
      GROUP BY query, starttime, endtime
    ), steps AS (
      SELECT starttime AS moment, bytes FROM queries
      UNION ALL
      SELECT endtime, -bytes FROM queries
    ), levels AS (
      SELECT SUM(bytes) OVER (ORDER BY moment, bytes ROWS UNBOUNDED PRECEDING) AS bytes FROM steps
    ), highest AS (
      SELECT COALESCE(MAX(bytes), 0) AS bytes FROM levels
    ), spills AS (
      SELECT COALESCE(MAX(spilled), 0) AS spilled FROM queries
    ), selects AS (
      SELECT COUNT(*) AS finished
      FROM sys_query_history, span
      WHERE query_type = 'SELECT' AND user_id > 1 AND end_time >= since AND end_time < until
    ), waits AS (
      SELECT COALESCE(MAX(queue_time), 0) / 1000.0 AS queue_wait_ms
      FROM sys_query_history, span
      WHERE user_id > 1 AND end_time >= since AND end_time < until
    ), sessions AS (
      SELECT COUNT(*) AS open FROM stv_sessions WHERE BTRIM(user_name) <> 'rdsdb'
    )
    SELECT
      CASE WHEN spilled = 1 THEN 100
           ELSE LEAST(100, 100 * bytes / (CAST(:memory_mib AS float8) * 1048576)) END AS memory_percent,
      selects.finished AS selects,
      sessions.open AS connections,
      CAST(waits.queue_wait_ms AS float8) AS queue_wait_ms,
      EXTRACT(epoch FROM until) AS at_seconds
    FROM span, highest, spills, selects, waits, sessions`,

  parameters: ({ memoryMiB, sinceSeconds }) => ({ since: sinceSeconds, memory_mib: memoryMiB }),

  selectsPerSecond(previous, current) {
    const seconds = current.atSeconds - previous.atSeconds;
    return current.selects === null || seconds <= 0 ? null : current.selects / seconds;
  },
};
