import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { Relay } from '../testing/relay.ts';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { cachedCredentials } from './credentials.ts';
import { createDatabase, type Database, type Work } from './database.ts';
import { migrate } from './migrate.ts';

let server: PostgresServer;
let bench: SystemBench;
let relay: Relay;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  relay = await Relay.start(server);
});
afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});
afterAll(async () => {
  await relay.stop();
  await bench.aws.stop();
  await server.stop();
});

const environments = 5;
const invocationsEach = 800;

const good: Work<unknown> = (client) => client.query('SELECT 1');
/** What goes wrong in an invocation. */
const errors: Work<unknown>[] = [
  (client) => client.query('SELECT nothing FROM nowhere'),
  (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
  // Left in the middle of a transaction.
  async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT 1 / 0');
  },
  async () => {
    throw new TypeError('a bug');
  },
  // Cut at its deadline.
  (client) => client.query('SELECT pg_sleep(0.2)'),
  async (client) => {
    relay.cut();
    await client.query('SELECT 1');
  },
];

describe('thousands of invocations, every tenth with an error', () => {
  it('leave one connection an environment at most', async () => {
    const random = seededRandom(7);
    const credentials = cachedCredentials(bench.secretsManager, 'api');
    let failed = 0;
    const environment = async (): Promise<void> => {
      const database = createDatabase({
        address: { host: relay.host, port: relay.port, name: bench.database },
        credentials,
        timeouts: { connectMs: 5_000, statementMs: 5_000 },
        clock: systemClock,
        random: () => 0,
      });
      databases.push(database);
      for (let invocation = 0; invocation < invocationsEach; invocation += 1) {
        const work = random() < 0.1 ? errors[Math.floor(random() * errors.length)]! : good;
        await database.use(work, work === errors[4] ? 20 : 5_000).catch(() => (failed += 1));
      }
    };

    await Promise.all(Array.from({ length: environments }, environment));

    expect(failed).toBeGreaterThan(invocationsEach * environments * 0.05);
    expect(relay.opened).toBeGreaterThan(failed / 2);
    // Sessions of connections that were cut end once the database has noticed.
    const sessions = async (): Promise<number> =>
      (
        await bench.query('admin', 'SELECT 1 FROM pg_stat_activity WHERE usename = $1', [
          bench.secrets.get('api')!.username,
        ])
      ).length;
    await expect.poll(sessions, { timeout: 5_000 }).toBeLessThanOrEqual(environments);
    await expect.poll(() => relay.open, { timeout: 5_000 }).toBeLessThanOrEqual(environments);

    // And the environments still work, on the connections they have.
    await Promise.all(databases.map((database) => database.use(good, 5_000)));
    await expect.poll(sessions, { timeout: 5_000 }).toBe(environments);
  });
});
