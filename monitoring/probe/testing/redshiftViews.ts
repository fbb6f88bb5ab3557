/**
 * Tables on PostgreSQL that are named and typed as the system views of Redshift that the probe asks.
 * @param now what `getdate()` says, as SQL
 */
export const redshiftViews = (now: string): string => `
  CREATE TABLE stl_query (userid int, query int, starttime timestamp, endtime timestamp);
  CREATE TABLE svl_query_summary (userid int, query int, stm int, seg int, step int, workmem bigint, is_diskbased char(1));
  CREATE TABLE sys_query_history (user_id int, query_id bigint, query_type varchar(32), end_time timestamp, queue_time bigint DEFAULT 0);
  CREATE TABLE stv_sessions (user_name char(50));
  CREATE FUNCTION getdate() RETURNS timestamp LANGUAGE sql STABLE AS $$ SELECT ${now} $$`;
