import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { systemClock } from '../../core/clock.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { limits } from '../limits.ts';
import { lookIn, type Look } from './look.ts';
import { createProbe, type Findings } from './probe.ts';
import { runOnAurora } from './rdsDataApi.ts';
import { rdsPostgresqlDialect } from './rdsPostgresqlDialect.ts';

let postgres: PostgresServer;
let endpoint: TestEndpoint;
let client: RDSDataClient;
const secrets: Record<'admin' | 'anybody', string> = { admin: '', anybody: '' };

beforeAll(async () => {
  postgres = await startTestPostgres(20);
  await postgres.createDatabase('orders', { connectionLimit: 10 });
  endpoint = await startTestEndpoint();
  client = new RDSDataClient(endpoint.clientConfig);
  const { host, port, adminUser, adminPassword } = postgres;
  endpoint.state.clusters.add('orders-aurora', { host, port, database: 'orders' });
  const secretOf = (username: string, password: string): string =>
    endpoint.state.secrets.put(username, JSON.stringify({ username, password }), { nowMs: 0 }).arn;
  secrets.admin = secretOf(adminUser, adminPassword);
  secrets.anybody = secretOf('anybody', 'who may log in');
  await ask('admin', "CREATE ROLE anybody LOGIN PASSWORD 'who may log in'");
  await ask('admin', 'CREATE TABLE orders (id int)');
});
afterAll(async () => {
  client?.destroy();
  await endpoint?.close();
  await postgres?.stop();
});

const ask = (user: 'admin' | 'anybody', sql: string) =>
  runOnAurora(
    client,
    { identifier: 'orders-aurora', database: 'orders', secretArn: secrets[user] },
    sql,
    AbortSignal.timeout(30_000),
  );

/** As a user without any privilege, and without files: `pg_read_file` is refused to it. */
const look = async (): Promise<Look> => lookIn((await ask('anybody', rdsPostgresqlDialect.sql))[0]!);

it('asks what any user may: connections, the time, and nothing of the memory', async () => {
  await expect(ask('anybody', "SELECT pg_read_file('/proc/meminfo')")).rejects.toThrow('permission denied');
  const { memoryPercent, connections, queueWaitMs, atSeconds } = await look();
  expect(memoryPercent).toBeNull();
  expect(connections).toBeGreaterThanOrEqual(1);
  expect(queueWaitMs).toBe(0);
  expect(Math.abs(atSeconds - Date.now() / 1_000)).toBeLessThan(5);
});

it('tells statements a second from two looks', async () => {
  const first = await look();
  for (let each = 0; each < 20; each += 1) await ask('anybody', 'SELECT 1');
  // PostgreSQL’s backends report what they counted once a second, and as they end.
  await vi.waitFor(
    async () => {
      const second = await look();
      const seconds = second.atSeconds - first.atSeconds;
      expect(rdsPostgresqlDialect.selectsPerSecond(first, second)! * seconds).toBeGreaterThanOrEqual(20);
    },
    { timeout: 10_000, interval: 100 },
  );
});

it.each(['LOCK TABLE orders', 'UPDATE orders SET id = 1'])('sees who waits for another’s %s', async (sql) => {
  await ask('admin', 'TRUNCATE orders');
  await ask('admin', 'INSERT INTO orders VALUES (1)');
  const { host, port, adminUser: user, adminPassword: password } = postgres;
  const holder = new Client({ host, port, user, password, database: 'orders' });
  await holder.connect();
  await holder.query(`BEGIN; ${sql}`);
  // At this server's isolation whoever has waited for a row is refused in the end.
  const waiter = ask('admin', 'UPDATE orders SET id = 2').catch(() => undefined);
  await vi.waitFor(async () => expect((await look()).queueWaitMs).toBeGreaterThan(0), { timeout: 10_000 });
  await holder.query('COMMIT');
  await waiter;
  expect((await look()).queueWaitMs).toBe(0);
  await holder.end();
});

it('is asked by the probe beside the others, and a database of Amazon RDS is not', async () => {
  const { cluster: whole, ...document } = documentOf('orders', 'https://api.example');
  const cluster = { ...whole, database: 'orders', probeSecretArn: secrets.anybody, connectionLimit: 20 };
  const of = (system: string, identifier: string, engine: 'aurora-postgresql' | 'rds-postgresql') => ({
    ...document,
    system,
    cluster: { ...cluster, identifier, engine },
  });
  const found = new Map<string, Findings>();
  const failed: string[] = [];
  const told: object[] = [];
  const probe = createProbe({
    discover: async () => ({
      systems: [
        of('orders', 'orders-aurora', 'aurora-postgresql'),
        of('returns', 'nowhere', 'aurora-postgresql'),
        of('clients', 'orders-aurora', 'rds-postgresql'),
      ],
      unreadable: [],
    }),
    provenPeaks: async () => ({ peaks: new Map(), unreadable: [] }),
    dataApi: new RedshiftDataClient(endpoint.clientConfig),
    rdsDataApi: client,
    clock: systemClock,
    statementsPerSecond: 16,
    times: limits.probe,
    output: {
      publish: (system, findings) => found.set(system, findings),
      provenPeak: () => undefined,
      told: (count) => told.push(count),
      failed: (system, error) => failed.push(`${system}: ${(error as Error).message}`),
      peakUnknown: () => undefined,
    },
  });
  await probe(Date.now());
  expect([...found.keys()]).toEqual(['orders']);
  expect(found.get('orders')).toEqual({ connectionPercent: expect.any(Number), queueWaitMs: 0 });
  expect(found.get('orders')!.connectionPercent).toBeGreaterThanOrEqual(5);
  expect(failed).toEqual([expect.stringMatching(/^returns: .*nowhere/)]);
  expect(told).toEqual([{ answered: 1, notAsked: 0 }]);
});
