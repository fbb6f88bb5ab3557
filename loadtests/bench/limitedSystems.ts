import { contract } from '../../service/contract.ts';

/**
 * Twelve systems of one stage, each limited by something else. They share their configuration, so that what limits
 * them is made in their databases: a view in front of the clients' table that waits, works or holds memory for each
 * request, and sessions that somebody else has open.
 */
export interface LimitedSystem {
  name: string;
  limitedBy: 'concurrency' | 'connections' | 'CPU' | 'memory';
  /** About where a climb crosses the limit, in requests a second. */
  crossesPerSecond: number;
  /** The load that the forecast is made from, as a share of that. */
  peakShare: number;
  /** For a request, in SQL: seconds to wait; `random()` makes them vary. */
  waitSeconds?: string;
  /** For a request, in SQL: milliseconds of CPU, by the machine's calibration. */
  cpuMs?: string;
  /** So many sessions fill the memory's limit: each keeps so much. */
  sessionsThatFill?: number;
  /** Connections that something else has open. */
  otherConnections?: number;
}

/** The service ends a statement after two and a half seconds. */
const longest = 2.2;
const exponential = (mean: number): string => `least(${longest}, -${mean} * ln(1 - random()))`;
const sometimes = (share: number, long: number, short: number): string =>
  `CASE WHEN random() < ${share} THEN ${long} ELSE ${short} END`;

/**
 * Of the stage: what the limits of concurrency and connections come from. With few places a moment in which the
 * machine stands still would fill them all: there are many, and requests take long.
 */
export const reservedConcurrency = 20;
export const connectionLimit = 80;

export const limitedSystems: readonly LimitedSystem[] = [
  {
    name: 'concurrency-1',
    limitedBy: 'concurrency',
    crossesPerSecond: 9,
    peakShare: 0.3,
    waitSeconds: exponential(1),
  },
  {
    name: 'concurrency-2',
    limitedBy: 'concurrency',
    crossesPerSecond: 10,
    peakShare: 0.5,
    waitSeconds: '1.5',
  },
  {
    name: 'concurrency-3',
    limitedBy: 'concurrency',
    crossesPerSecond: 15,
    peakShare: 0.7,
    waitSeconds: sometimes(0.1, 2, 0.4),
  },
  {
    name: 'concurrency-4',
    limitedBy: 'concurrency',
    crossesPerSecond: 9,
    peakShare: 0.9,
    waitSeconds: '1 + 1.2 * random()',
  },
  {
    name: 'connections-1',
    limitedBy: 'connections',
    crossesPerSecond: 5.5,
    peakShare: 0.4,
    waitSeconds: exponential(0.6),
    otherConnections: 55,
  },
  {
    name: 'connections-2',
    limitedBy: 'connections',
    crossesPerSecond: 8.5,
    peakShare: 0.6,
    waitSeconds: '1',
    otherConnections: 54,
  },
  {
    name: 'connections-3',
    limitedBy: 'connections',
    crossesPerSecond: 8.5,
    peakShare: 0.85,
    waitSeconds: sometimes(0.1, 2, 0.3),
    otherConnections: 54,
  },
  { name: 'cpu-1', limitedBy: 'CPU', crossesPerSecond: 22, peakShare: 0.35, cpuMs: '8' },
  { name: 'cpu-2', limitedBy: 'CPU', crossesPerSecond: 15, peakShare: 0.55, cpuMs: '12' },
  { name: 'cpu-3', limitedBy: 'CPU', crossesPerSecond: 38, peakShare: 0.8, cpuMs: '-5 * ln(1 - random())' },
  {
    name: 'memory-1',
    limitedBy: 'memory',
    crossesPerSecond: 4.5,
    peakShare: 0.5,
    waitSeconds: '1',
    sessionsThatFill: 12,
  },
  {
    name: 'memory-2',
    limitedBy: 'memory',
    crossesPerSecond: 3,
    peakShare: 0.75,
    waitSeconds: '1.2',
    sessionsThatFill: 10,
  },
];

/** What the work takes on this machine. */
export interface Calibration {
  /** Steps of the series that it adds up, in a millisecond of CPU. */
  stepsAMs: number;
  /** A database's part of the machine's memory. */
  partMiB: number;
}

/**
 * Empty databases beside the systems' own. What a system has of the memory is an equal part for each database: with
 * so many a session fills its share in milliseconds.
 */
export const otherDatabases = 60;

/** Of a session that keeps nothing. */
const emptySessionMiB = 5;

/** The one that the API reads. */
const { table } = contract.rows[0]!;

/** What an administrator runs in the system's database, a statement each. */
export function limitingSql(
  { waitSeconds = '0', cpuMs = '0', sessionsThatFill }: LimitedSystem,
  { stepsAMs, partMiB }: Calibration,
): string[] {
  const heldMiB =
    sessionsThatFill === undefined ? 0 : Math.round((0.8 * partMiB) / sessionsThatFill - emptySessionMiB);
  return [
    'CREATE SCHEMA bench',
    `CREATE FUNCTION bench.work() RETURNS int LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        IF ${heldMiB} > 0 AND current_setting('bench.isHeld', true) IS NULL THEN
          PERFORM set_config('bench.held', repeat(repeat('x', 1048576), ${heldMiB}), false);
          PERFORM set_config('bench.isHeld', 'yes', false);
        END IF;
        PERFORM sum(step) FROM generate_series(1, CAST(${stepsAMs} * (${cpuMs}) AS int)) AS step;
        PERFORM pg_sleep(${waitSeconds});
        RETURN 1;
      END $$`,
    // The service names no schema: the API's user finds the view, the subscriber's the table.
    `CREATE VIEW bench.${table} AS
      SELECT stored.*
      FROM public.${table} AS stored CROSS JOIN LATERAL (SELECT bench.work() AS done) AS work
      WHERE done = 1`,
    'GRANT USAGE ON SCHEMA bench TO PUBLIC',
    `GRANT SELECT ON bench.${table} TO PUBLIC`,
  ];
}

/** How much CPU the work takes is measured where it is done. */
export const calibrationSteps = 500_000;
export const calibrationSql = `SELECT sum(step) AS sum FROM generate_series(1, ${calibrationSteps}) AS step`;
