import * as fc from 'fast-check';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecurityGroupProxy } from '../../local/network/securityGroupProxy.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { systemClock } from '../../core/clock.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { SystemBench } from '../testing/systemBench.ts';
import { backoffMs, connectBackoff } from './backoff.ts';
import { tlsFor } from './connect.ts';
import { cachedCredentials } from './credentials.ts';
import type { ConnectorOptions } from './connector.ts';
import { createDatabase, type Database } from './database.ts';
import { migrate } from './migrate.ts';

let server: PostgresServer;
let bench: SystemBench;
let proxy: SecurityGroupProxy;
let address: ConnectorOptions['address'];
let ruleAuthorised: boolean;
const databases: Database[] = [];

beforeAll(async () => {
  server = await startTestPostgres();
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
});
afterAll(async () => {
  await bench.aws.stop();
  await server.stop();
});

beforeEach(async () => {
  ruleAuthorised = true;
  proxy = new SecurityGroupProxy({ allows: () => ruleAuthorised });
  proxy.addCluster({
    identifier: 'cluster',
    host: server.host,
    port: server.port,
    rulePort: 5439,
    securityGroupIds: ['sg-servers'],
  });
  const listener = await proxy.open({ name: 'api', securityGroupIds: ['sg-ingress'] }, 'cluster');
  address = { ...listener, name: bench.database };
  return async () => {
    for (const database of databases.splice(0)) database.close();
    await proxy.close();
  };
});

function open(options: Partial<ConnectorOptions> = {}): Database {
  const database = createDatabase({
    address,
    credentials: cachedCredentials(bench.secretsManager, 'api'),
    timeouts: { connectMs: 1_000, statementMs: 2_500 },
    clock: systemClock,
    random: () => 0.5,
    ...options,
  });
  databases.push(database);
  return database;
}

const ask = (database: Database, withinMs = 3_000): Promise<unknown> =>
  database.use(async (client) => (await client.query('SELECT 1 AS one')).rows[0], withinMs);

const backendPid = (database: Database): Promise<number> =>
  database.use(async (client) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return rows[0]!.pid;
  }, 3_000);

describe('the connection of an execution environment', () => {
  it('is opened at the first use and kept', async () => {
    const database = open();
    expect(proxy.counts.allowed).toBe(0);

    const pids = [await backendPid(database), await backendPid(database)];

    expect(pids[0]).toBe(pids[1]);
    expect(proxy.counts.allowed).toBe(1);
  });

  it('gives up a connect that nobody answers after its timeout, then backs off without connecting', async () => {
    const clock = new ManualClock();
    const database = open({ clock });
    ruleAuthorised = false;
    const startMs = performance.now();

    await expect(ask(database)).rejects.toThrow(DatabaseUnavailableError);

    expect(performance.now() - startMs).toBeGreaterThan(900);
    expect(performance.now() - startMs).toBeLessThan(2_500);
    await expect(ask(database)).rejects.toMatchObject({
      errorCode: 'databaseUnreachable',
      retryAfterMs: 500,
    });
    expect(proxy.counts).toMatchObject({ allowed: 0, denied: 1 });

    ruleAuthorised = true;
    clock.advance(500);

    expect(await ask(database)).toEqual({ one: 1 });
    expect(proxy.counts).toMatchObject({ allowed: 1, denied: 1 });
  });

  it('survives the revoke of the rule, and its own end while frozen', async () => {
    const database = open();
    const pid = await backendPid(database);
    ruleAuthorised = false;
    expect(await ask(database)).toEqual({ one: 1 });

    ruleAuthorised = true;
    await bench.query('admin', 'SELECT pg_terminate_backend($1)', [pid]);

    expect(await backendPid(database)).not.toBe(pid);
  });

  it('is opened again when its idle session ended during a freeze', async () => {
    // Not through the proxy: it would freeze with this process.
    const database = open({ address: { host: server.host, port: server.port, name: bench.database } });
    const endIdle = "SET idle_session_timeout TO '50ms'";
    const pid = await backendPid(database);
    await database.use((client) => client.query(endIdle), 3_000);
    // As Lambda freezes it: the database's last words wait unread, behind the next query.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);

    expect(await backendPid(database)).not.toBe(pid);
  });

  it('tries once more when the kept connection dies under the work, and not when a new one does', async () => {
    const database = open();
    await ask(database);
    let runs = 0;
    const dieAtFirst = (times: number) =>
      database.use(async (client) => {
        runs += 1;
        if (runs <= times) await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
        return runs;
      }, 3_000);

    expect(await dieAtFirst(1)).toBe(2);
    runs = 0;
    await expect(dieAtFirst(9)).rejects.toMatchObject({ errorCode: 'databaseUnreachable' });
    expect(runs).toBe(2);
  });

  it('ends work at its deadline, and the connection with it', async () => {
    const database = open();
    await ask(database);
    const startMs = performance.now();

    const slow = database.use((client) => client.query('SELECT pg_sleep(10)'), 300);

    await expect(slow).rejects.toMatchObject({ errorCode: 'databaseSlow' });
    // Before the database itself gives up the statement.
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(await ask(database)).toEqual({ one: 1 });
    expect(proxy.counts.allowed).toBe(2);
  });

  it('lets the database give up a statement at its timeout', async () => {
    const database = open({ timeouts: { connectMs: 1_000, statementMs: 200 } });

    const slow = database.use((client) => client.query('SELECT pg_sleep(10)'), 5_000);

    await expect(slow).rejects.toMatchObject({ errorCode: 'databaseSlow', cause: { code: '57014' } });
  });

  it('reads its secret once, and again when the password is refused', async () => {
    const read = () => bench.aws.calls.filter((call) => call === 'GetSecretValue').length;
    const known = bench.secrets.get('api')!;
    const database = open();
    await ask(database);
    database.close();
    const before = read();
    await ask(database);
    expect(read()).toBe(before);

    bench.secrets.set('api', { ...known, password: 'rotated' });
    await migrate(bench.migration);
    database.close();

    expect(await ask(database)).toEqual({ one: 1 });
    bench.secrets.set('api', known);
    await migrate(bench.migration);
  });

  it('says so when the secret’s password is refused for good, and reads it once more an attempt', async () => {
    bench.secrets.set('wrong', { username: 'nobody', password: 'wrong' });
    const read = () => bench.aws.calls.filter((call) => call === 'GetSecretValue').length;
    const before = read();
    const database = open({ credentials: cachedCredentials(bench.secretsManager, 'wrong'), random: () => 0 });

    await expect(ask(database)).rejects.toMatchObject({ errorCode: 'databaseCredentials' });
    expect([read() - before, proxy.counts.allowed]).toEqual([2, 1]);
    await expect(ask(database)).rejects.toMatchObject({ errorCode: 'databaseCredentials' });
    expect([read() - before, proxy.counts.allowed]).toEqual([3, 2]);
  });

  it('tells a statement that the database refuses from an unreachable database', async () => {
    const database = open();

    const wrong = database.use((client) => client.query("SELECT CAST('Ana' AS INTEGER)"), 3_000);

    await expect(wrong).rejects.toMatchObject({ errorCode: 'databaseFailed' });
    await expect(wrong).rejects.not.toThrow('Ana');
  });

  it('treats a full database as one that cannot be reached now', async () => {
    const full = await SystemBench.create(server, 0);
    await migrate(full.migration);
    const database = open({
      address: { ...address, name: full.database },
      credentials: cachedCredentials(full.secretsManager, 'api'),
    });

    await expect(ask(database)).rejects.toMatchObject({
      errorCode: 'databaseUnreachable',
      cause: { code: '53300' },
    });
    await full.aws.stop();
  });

  it('connects to no port where nobody listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');

    await expect(ask(open({ address: { ...address, port } }))).rejects.toMatchObject({
      errorCode: 'databaseUnreachable',
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

describe('backoffMs', () => {
  it('stays within the cap and below what doubling allows, however often it failed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, chance) => {
          const pauseMs = backoffMs(n, chance, connectBackoff);
          expect(pauseMs).toBeGreaterThanOrEqual(0);
          expect(pauseMs).toBeLessThan(Math.min(10_000, 1_000 * 2 ** (n - 1)) + 1);
        },
      ),
    );
  });
});

describe('tlsFor', () => {
  it('verifies the certificate of every host but this machine', () => {
    expect(tlsFor('127.0.0.12')).toBe(false);
    expect(tlsFor('localhost')).toBe(false);
    for (const host of [
      'cluster.example.us-east-1.redshift.amazonaws.com',
      '10.0.0.1',
      '127.0.0.1.example.com',
    ]) {
      expect(tlsFor(host)).toEqual({ rejectUnauthorized: true, servername: host });
    }
  });
});
