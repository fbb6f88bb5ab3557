import type { RDSDataClient } from '@aws-sdk/client-rds-data';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/clock.ts';
import { Pace } from '../../core/pace.ts';
import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { DatabaseNotAskedError, StatementError } from '../../service/errors.ts';
import type { Discovery } from '../../fleet/discovery.ts';
import { limits } from '../limits.ts';
import type { ProvenLoad, ProvenPeaks } from '../provenPeak.ts';
import { isProbed, type ProbedDocument } from '../../fleet/systemDocument.ts';
import { lookIn, type Look, type ProbeDialect } from './look.ts';
import { postgresqlDialect } from './postgresqlDialect.ts';
import { runOnAurora } from './rdsDataApi.ts';
import { rdsPostgresqlDialect } from './rdsPostgresqlDialect.ts';
import { redshiftDialect } from './redshiftDialect.ts';

/** What a look at one system is worth publishing; what is not known is left out. */
export interface Findings {
  /** Estimate, 0–100. */
  memoryPercent?: number;
  selectsPerSecond?: number;
  /** Share of the connections the cluster accepts, 0–100. */
  connectionPercent?: number;
  queueWaitMs?: number;
}

/** Where the probe's findings go. */
export interface ProbeOutput {
  publish(system: string, findings: Findings, atMs: number): void;
  /** The peak up to which a passed gate has proven the system. */
  provenPeak(system: string, peak: ProvenLoad, atMs: number): void;
  /** Told once a tick, at its end: how many databases answered, and for how many there was no time. */
  told(count: { answered: number; notAsked: number }, atMs: number): void;
  /** The system did not answer, or was not asked: its metrics are missing this time. */
  failed(system: string, error: unknown): void;
  /** Nobody knows up to which peak a system is proven, or any system is, this time. */
  peakUnknown(error: unknown): void;
}

export interface ProbeOptions {
  /** The stage's systems as they are now. */
  discover: () => Promise<Discovery>;
  /** The peaks proven on the stage that proves for this one. */
  provenPeaks: () => Promise<ProvenPeaks>;
  dataApi: RedshiftDataClient;
  /** The Data API of Aurora's clusters. */
  rdsDataApi: RDSDataClient;
  clock: Clock;
  output: ProbeOutput;
  /** The stage's part of what the Data API takes from an account. */
  statementsPerSecond: number;
  times: ProbeTimes;
}

/** The times of one tick, `limits.probe`. */
export interface ProbeTimes {
  discoverMs: number;
  askMs: number;
  statementMs: number;
  pollMs: { first: number; longest: number };
}

const dialects: Record<Dialect, ProbeDialect> = {
  redshift: redshiftDialect,
  postgresql: postgresqlDialect,
};

/**
 * The probe of a stage: each call asks every cluster, one after another at the pace of the Data API, and publishes
 * each system's findings as they come. A rate needs two looks, so that the first publishes none. It passes the
 * proven peaks on as well: an alarm can compare metrics only.
 * @returns a function that takes the tick's time in milliseconds, which the metrics will bear.
 */
export function createProbe(options: ProbeOptions): (atMs: number) => Promise<void> {
  const { discover, output, clock, statementsPerSecond, times } = options;
  const memory: Memory = { dialect: undefined, looks: new Map() };
  const pace = new Pace({ perSecond: statementsPerSecond, burst: 1 }, clock);
  let waiting: ReadonlySet<string> = new Set();

  return async (atMs) => {
    const startMs = clock.now();
    const beginUntilMs = startMs + times.discoverMs + times.askMs;
    const asking = abortAt(clock, beginUntilMs, new DatabaseNotAskedError(statementsPerSecond));
    const answering = abortAt(
      clock,
      beginUntilMs + times.statementMs,
      new Error("the probe's time was over before the database had answered"),
    );
    try {
      const [{ systems, unreadable }] = await Promise.all([discover(), publishPeaks(options, atMs)]);
      for (const error of unreadable) output.failed(error.system, error);
      const tick: Tick = {
        atMs,
        turn: () => pace.turn(asking.signal),
        signal: answering.signal,
      };
      // Whoever was not asked last time is asked first.
      const inTurn = systems
        .filter(isProbed)
        .toSorted((a, b) => Number(waiting.has(b.system)) - Number(waiting.has(a.system)));
      const outcomes = await Promise.all(
        inTurn.map(async (document) => ({
          system: document.system,
          outcome: await askCluster(options, memory, document, tick),
        })),
      );
      const of = (wanted: Outcome) => outcomes.filter(({ outcome }) => outcome === wanted);
      waiting = new Set(of('notAsked').map(({ system }) => system));
      output.told({ answered: of('answered').length, notAsked: waiting.size }, atMs);
    } finally {
      asking.stop();
      answering.stop();
    }
  };
}

/** What the execution environment remembers from one tick to the next. */
interface Memory {
  /** One template makes all databases of a stage: whoever answers first answers for all. */
  dialect: ProbeDialect | undefined;
  /** The last look at each cluster. */
  looks: Map<string, Look>;
}

interface Tick {
  atMs: number;
  /** Waits for a system's turn. @throws DatabaseNotAskedError when no more is to be begun */
  turn: () => Promise<void>;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** What was found out, and in which words it was asked for. */
interface Looked {
  dialect: ProbeDialect;
  look: Look;
}

type Outcome = 'answered' | 'silent' | 'notAsked';

async function askCluster(
  options: ProbeOptions,
  memory: Memory,
  { system, cluster }: ProbedDocument,
  tick: Tick,
): Promise<Outcome> {
  const { clock, output } = options;
  try {
    const last = memory.looks.get(cluster.identifier);
    const sinceSeconds = last?.atSeconds ?? clock.now() / 1_000 - limits.probe.firstLookSeconds;
    const { dialect, look } = await (cluster.engine === 'aurora-postgresql'
      ? lookAtAurora(options, cluster, tick)
      : lookAtRedshift(options, memory, cluster, tick, sinceSeconds));
    memory.looks.set(cluster.identifier, look);
    output.publish(system, findingsOf(dialect, { last, look }, cluster.connectionLimit), tick.atMs);
    return 'answered';
  } catch (error) {
    // What a client throws when it is interrupted does not say why.
    output.failed(system, tick.signal.aborted ? tick.signal.reason : error);
    return error instanceof DatabaseNotAskedError ? 'notAsked' : 'silent';
  }
}

async function lookAtRedshift(
  options: ProbeOptions,
  memory: Memory,
  cluster: ProbedDocument['cluster'],
  { turn, signal }: Tick,
  sinceSeconds: number,
): Promise<Looked> {
  const api = apiOf(options, cluster, signal);
  await turn();
  // Without a turn of its own: few ask before the first has answered.
  memory.dialect ??= dialects[await detectDialect(api)];
  const { dialect } = memory;
  const look = await lookAt(api, dialect, { memoryMiB: cluster.memoryMiB ?? 0, sinceSeconds });
  return { dialect, look };
}

/** Its Data API has no rate to keep to, and answers at once. */
async function lookAtAurora(
  { rdsDataApi }: ProbeOptions,
  { identifier, database, probeSecretArn: secretArn }: ProbedDocument['cluster'],
  { signal }: Tick,
): Promise<Looked> {
  const dialect = rdsPostgresqlDialect;
  const [row] = await runOnAurora(rdsDataApi, { identifier, database, secretArn }, dialect.sql, signal);
  if (row) return { dialect, look: lookIn(row) };
  throw new StatementError(
    'statementFailed',
    { identifier, database },
    'the probe’s statement returned no row',
  );
}

async function publishPeaks({ provenPeaks, output }: ProbeOptions, atMs: number): Promise<void> {
  try {
    const { peaks, unreadable } = await provenPeaks();
    for (const error of unreadable) output.peakUnknown(error);
    for (const [system, peak] of peaks) output.provenPeak(system, peak, atMs);
  } catch (error) {
    output.peakUnknown(error);
  }
}

/** A signal that is aborted at an instant, unless it is stopped before. */
function abortAt(clock: Clock, atMs: number, reason: Error): { signal: AbortSignal; stop: () => void } {
  const end = new AbortController();
  const stopped = new AbortController();
  clock.sleep(atMs - clock.now(), stopped.signal).then(
    () => end.abort(reason),
    () => undefined,
  );
  return { signal: end.signal, stop: () => stopped.abort() };
}

const apiOf = (
  { dataApi, clock, times }: ProbeOptions,
  cluster: ProbedDocument['cluster'],
  signal: AbortSignal,
): DataApi => ({
  client: dataApi,
  cluster: {
    identifier: cluster.identifier,
    database: cluster.database,
    secretArn: cluster.probeSecretArn,
  },
  clock,
  timeoutMs: times.statementMs,
  pollMs: times.pollMs,
  signal,
});

async function lookAt(
  api: DataApi,
  dialect: ProbeDialect,
  context: { memoryMiB: number; sinceSeconds: number },
): Promise<Look> {
  const ask = async (): Promise<Look> => {
    const [row] = await runSql(api, dialect.sql, dialect.parameters(context));
    if (row) return lookIn(row);
    throw new StatementError('statementFailed', api.cluster, 'the probe’s statement returned no row');
  };
  try {
    return await ask();
  } catch (error) {
    // A session may end between being listed and being read; the next list is without it.
    if (error instanceof StatementError && error.errorCode === 'statementFailed') return ask();
    throw error;
  }
}

function findingsOf(
  dialect: ProbeDialect,
  { last, look }: { last: Look | undefined; look: Look },
  connectionLimit: number | undefined,
): Findings {
  const rate = last ? dialect.selectsPerSecond(last, look) : null;
  return {
    ...(look.memoryPercent === null ? {} : { memoryPercent: look.memoryPercent }),
    ...(rate === null ? {} : { selectsPerSecond: rate }),
    ...(look.connections === null || connectionLimit === undefined
      ? {}
      : { connectionPercent: (100 * look.connections) / connectionLimit }),
    ...(look.queueWaitMs === null ? {} : { queueWaitMs: look.queueWaitMs }),
  };
}
