import type { Row, Value } from '../../service/redshift/dataApi.ts';

/** What one statement found out about a cluster. */
export interface Look {
  /** Estimated memory in use, 0–100; null when the database cannot tell. */
  memoryPercent: number | null;
  /** SELECTs by the dialect's own count; null when the database cannot tell. */
  selects: number | null;
  /** Sessions open now, of all users; null when the database cannot tell. */
  connections: number | null;
  /** The longest that a statement waited before it could run, since the last look; null as above. */
  queueWaitMs: number | null;
  /** When the database was asked, by its own clock, in seconds since the epoch. */
  atSeconds: number;
}

export interface LookContext {
  /** Memory of the cluster's nodes. */
  memoryMiB: number;
  /** When the cluster was last asked, in seconds since the epoch. */
  sinceSeconds: number;
}

/** How one kind of database is asked; the two share no system view. */
export interface ProbeDialect {
  /** One statement whose one row has the columns `memory_percent`, `selects`, `connections`,
   * `queue_wait_ms` and `at_seconds`. */
  sql: string;
  /** Its parameters. */
  parameters(context: LookContext): Record<string, string | number>;
  /** SELECTs a second between two looks; null where they don't tell. */
  selectsPerSecond(previous: Look, current: Look): number | null;
}

/** The look in a statement's row. */
export const lookIn = (row: Row): Look => ({
  memoryPercent: numberOrNull(row['memory_percent']),
  selects: numberOrNull(row['selects']),
  connections: numberOrNull(row['connections']),
  queueWaitMs: numberOrNull(row['queue_wait_ms']),
  atSeconds: Number(row['at_seconds']),
});

/** The Data API sends some of a database's numbers as text. */
const numberOrNull = (value: Value | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);
