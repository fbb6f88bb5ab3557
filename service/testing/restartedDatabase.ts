import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RandomSource } from '../../core/clock.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import { temporaryDirectory, testCacheDirectory } from '../../local/postgres/testing/testPostgres.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { createDatabase } from '../redshift/database.ts';
import { Relay } from './relay.ts';

/** As getClient has it. */
const withinMs = 2_500;
const stepMs = 250;

export interface Restart {
  environments: number;
  /** How long the database is away, in virtual milliseconds. */
  awayMs: number;
  /** What the environments' pauses are made of; 0 alone turns them off. */
  random: RandomSource;
}

/** What the environments did, in virtual time. */
export interface Restarted {
  answers: { good: number; unavailable: number; slowestMs: number };
  /** From the database's return until every environment is answered again. */
  recoveredMs: number;
  /** When each connection was opened after the database was back, in milliseconds from its return. */
  openedAtMs: number[];
}

/** A PostgreSQL that can be restarted under environments of the service, each on a real connection of its own. */
export async function startRestartableDatabase(mostEnvironments: number) {
  const directory = await temporaryDirectory();
  const start = (): Promise<PostgresServer> =>
    startPostgres({
      dataDirectory: join(directory, 'data'),
      cacheDirectory: testCacheDirectory,
      maxConnections: mostEnvironments + 20,
    });
  let server = await start();
  const relay = await Relay.start(server);

  /** The environments are asked four times a second of virtual time. */
  async function restart({ environments, awayMs, random }: Restart): Promise<Restarted> {
    const clock = new ManualClock();
    const admin = { username: server.adminUser, password: server.adminPassword };
    const databases = Array.from({ length: environments }, () =>
      createDatabase({
        address: { host: relay.host, port: relay.port, name: 'postgres' },
        credentials: { get: async () => admin, refresh: async () => admin },
        timeouts: { connectMs: 20_000, statementMs: 20_000 },
        clock,
        random,
      }),
    );
    const startMs = clock.now();
    const answers = { good: 0, unavailable: 0, slowestMs: 0 };
    let backMs = Infinity;
    const openedAtMs: number[] = [];
    const ask = async (database: (typeof databases)[number]): Promise<boolean> => {
      const askedMs = performance.now();
      try {
        await database.use((client) => client.query('SELECT 1'), withinMs);
        answers.good += 1;
        return true;
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
        answers.unavailable += 1;
        answers.slowestMs = Math.max(answers.slowestMs, performance.now() - askedMs);
        return false;
      }
    };
    const step = async (): Promise<boolean> => {
      const before = relay.opened;
      const results = await Promise.all(databases.map(ask));
      if (clock.now() >= backMs) {
        openedAtMs.push(...Array.from({ length: relay.opened - before }, () => clock.now() - backMs));
      }
      clock.advance(stepMs);
      return results.every(Boolean);
    };

    try {
      if (!(await step())) throw new Error('the environments are not answered before the restart');
      await relay.refuse();
      await server.stop();
      while (clock.now() - startMs < awayMs) await step();
      server = await start();
      relay.target = server;
      await relay.pass();
      backMs = clock.now();
      while (!(await step())) {
        if (clock.now() - backMs > 60_000) throw new Error('the environments do not come back');
      }
      return { answers, recoveredMs: clock.now() - backMs, openedAtMs };
    } finally {
      for (const database of databases) database.close();
    }
  }

  return {
    restart,
    stop: async () => {
      await relay.stop();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
