import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { Clock } from '../../service/clock.ts';
import { runSql, type DataApi } from '../../service/redshift/dataApi.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { StatementError } from '../../service/errors.ts';
import type { SystemDocument } from '../systemDocument.ts';
import { lookIn, type Look, type ProbeDialect } from './look.ts';
import { postgresqlDialect } from './postgresqlDialect.ts';
import { redshiftDialect } from './redshiftDialect.ts';

/** What a look at one system is worth publishing; what is not known is left out. */
export interface Findings {
  /** Estimate, 0–100. */
  memoryPercent?: number;
  selectsPerSecond?: number;
}

/** Where the probe's findings go. */
export interface ProbeOutput {
  publish(system: string, findings: Findings, atMs: number): void;
  /** The system could not be asked: its metrics are missing this time. */
  failed(system: string, error: unknown): void;
}

export interface ProbeOptions {
  /** The stage's systems as they are now. */
  discover: () => Promise<SystemDocument[]>;
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

/** How far back the first look reaches. */
const firstLookSeconds = 60;

/**
 * The probe of a stage: each call asks every cluster at once, and publishes each system's findings as they
 * come. A rate needs two looks, so that the first publishes none.
 * @returns a function that takes the tick's time in milliseconds, which the metrics will bear.
 */
export function createProbe(options: ProbeOptions): (atMs: number) => Promise<void> {
  const { discover, clock, output } = options;
  const known = new Map<string, Known>();

  return async (atMs) => {
    const systems = await discover();
    await Promise.all(
      systems.map(async ({ system, cluster }) => {
        try {
          const api = apiOf(options, cluster);
          const before = known.get(cluster.identifier) ?? { dialect: dialects[await detectDialect(api)] };
          const sinceSeconds = before.last?.atSeconds ?? clock.now() / 1_000 - firstLookSeconds;
          const look = await lookAt(api, before.dialect, { memoryMiB: cluster.memoryMiB, sinceSeconds });
          known.set(cluster.identifier, { dialect: before.dialect, last: look });
          output.publish(system, findingsOf(before, look), atMs);
        } catch (error) {
          output.failed(system, error);
        }
      }),
    );
  };
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

function findingsOf({ dialect, last }: Known, look: Look): Findings {
  const rate = last ? dialect.selectsPerSecond(last, look) : null;
  return {
    ...(look.memoryPercent === null ? {} : { memoryPercent: look.memoryPercent }),
    ...(rate === null ? {} : { selectsPerSecond: rate }),
  };
}
