import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { systemClock, systemRandom } from '../../core/clock.ts';
import type { Credentials } from '../redshift/credentials.ts';
import { createDatabase, type Database } from '../redshift/database.ts';
import { migrate } from '../redshift/migrate.ts';
import { SystemBench } from '../testing/systemBench.ts';

/** What a measuring process needs to reach the database. */
export interface Target {
  host: string;
  port: number;
  name: string;
  credentials: Record<'admin' | 'api' | 'subscriber', Credentials>;
}

/** Runs work against a migrated database of its own, whose commits wait for the disk. */
export async function withDatabase(
  work: (target: Target, bench: SystemBench) => Promise<void>,
): Promise<void> {
  const server = await startTestPostgres(20, { durable: true });
  const bench = await SystemBench.create(server);
  try {
    await migrate(bench.migration);
    const { host, port } = server;
    const credentials = Object.fromEntries(bench.secrets) as Target['credentials'];
    await work({ host, port, name: bench.database, credentials }, bench);
  } finally {
    await bench.aws.stop();
    await server.stop();
  }
}

/** An execution environment's connection, as the service opens it. */
export function databaseOf(target: Target, role: 'api' | 'subscriber'): Database {
  const credentials = target.credentials[role];
  return createDatabase({
    address: target,
    credentials: { get: async () => credentials, refresh: async () => credentials },
    timeouts: { connectMs: 5_000, statementMs: 30_000 },
    clock: systemClock,
    random: systemRandom,
  });
}
