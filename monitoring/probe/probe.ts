import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../core/clock.ts';
import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { StatementError } from '../../service/errors.ts';
import type { Discovery } from '../../fleet/discovery.ts';
import { limits } from '../limits.ts';
import type { ProvenPeaks } from '../provenPeak.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { lookIn, type Look, type ProbeDialect } from './look.ts';
import { postgresqlDialect } from './postgresqlDialect.ts';
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
  provenPeak(system: string, requestsPerSecond: number, atMs: number): void;
  /** Told once a tick, at its end: how many databases could be asked. */
  answered(count: number, atMs: number): void;
  /** The system could not be asked: its metrics are missing this time. */
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
  clock: Clock;
  output: ProbeOutput;
  /** Longest wait for one statement. */
  statementTimeoutMs: number;
}

const dialects: Record<Dialect, ProbeDialect> = {
  redshift: redshiftDialect,
  postgresql: postgresqlDialect,
};

/** What the execution environment remembers of a cluster from one tick to the next. */
interface Known {
  dialect: ProbeDialect;
  last?: Look;
}

/**
 * The probe of a stage: each call asks every cluster at once, and publishes each system's findings as they
 * come. A rate needs two looks, so that the first publishes none. It passes the proven peaks on as well: an
 * alarm can compare metrics only.
 * @returns a function that takes the tick's time in milliseconds, which the metrics will bear.
 */
export function createProbe(options: ProbeOptions): (atMs: number) => Promise<void> {
  const { discover, output } = options;
  const known = new Map<string, Known>();

  return async (atMs) => {
    const [{ systems, unreadable }] = await Promise.all([discover(), publishPeaks(options, atMs)]);
    for (const error of unreadable) output.failed(error.system, error);
    const answers = await Promise.all(systems.map((document) => askCluster(options, known, document, atMs)));
    output.answered(answers.filter(Boolean).length, atMs);
  };
}

/** @returns whether the cluster answered. */
async function askCluster(
  options: ProbeOptions,
  known: Map<string, Known>,
  { system, cluster }: SystemDocument,
  atMs: number,
): Promise<boolean> {
  const { clock, output } = options;
  try {
    const api = apiOf(options, cluster);
    const before = known.get(cluster.identifier) ?? { dialect: dialects[await detectDialect(api)] };
    const sinceSeconds = before.last?.atSeconds ?? clock.now() / 1_000 - limits.probe.firstLookSeconds;
    const look = await lookAt(api, before.dialect, { memoryMiB: cluster.memoryMiB, sinceSeconds });
    known.set(cluster.identifier, { dialect: before.dialect, last: look });
    output.publish(system, findingsOf(before, look, cluster.connectionLimit), atMs);
    return true;
  } catch (error) {
    output.failed(system, error);
    return false;
  }
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

const apiOf = (options: ProbeOptions, cluster: SystemDocument['cluster']): DataApi => ({
  client: options.dataApi,
  cluster: {
    identifier: cluster.identifier,
    database: cluster.database,
    secretArn: cluster.probeSecretArn,
  },
  clock: options.clock,
  timeoutMs: options.statementTimeoutMs,
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

function findingsOf({ dialect, last }: Known, look: Look, connectionLimit: number): Findings {
  const rate = last ? dialect.selectsPerSecond(last, look) : null;
  return {
    ...(look.memoryPercent === null ? {} : { memoryPercent: look.memoryPercent }),
    ...(rate === null ? {} : { selectsPerSecond: rate }),
    ...(look.connections === null ? {} : { connectionPercent: (100 * look.connections) / connectionLimit }),
    ...(look.queueWaitMs === null ? {} : { queueWaitMs: look.queueWaitMs }),
  };
}
