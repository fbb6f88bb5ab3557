import { fork } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ended, isRunning } from '../../core/process/processes.ts';
import type { EndedSession } from './endedSession.ts';
import { startPostgres, stopStale, type PostgresServer } from './server.ts';
import { temporaryDirectory, testCacheDirectory } from './testing/testPostgres.ts';

const directory = await temporaryDirectory();
const options = { cacheDirectory: testCacheDirectory, maxConnections: 20 };

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a PostgreSQL server', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ ...options, dataDirectory: join(directory, 'one') });
    await server.createDatabase('system_01', { connectionLimit: 2 });
  });
  afterAll(() => server.stop());

  const connect = async (user: string, password: string, database = 'system_01') => {
    const client = new Client({ host: server.host, port: server.port, user, password, database });
    client.on('error', () => {});
    await client.connect();
    return client;
  };

  it('runs at REPEATABLE READ and compares bytes', async () => {
    const client = await connect(server.adminUser, server.adminPassword);
    const { rows } = await client.query(
      `SELECT current_setting('transaction_isolation') AS isolation, 'a' > 'B' AS bytewise`,
    );
    await client.end();
    expect(rows).toEqual([{ isolation: 'repeatable read', bytewise: true }]);
  });

  it('refuses connections beyond the limit of the database', async () => {
    const admin = await connect(server.adminUser, server.adminPassword);
    await admin.query(`CREATE USER reader PASSWORD 'md5${'0'.repeat(32)}'`);
    await admin.query(`ALTER USER reader PASSWORD 'secret'`);
    await admin.end();
    const clients = [await connect('reader', 'secret'), await connect('reader', 'secret')];
    await expect(connect('reader', 'secret')).rejects.toThrow('too many connections for database');
    await Promise.all(clients.map((client) => client.end()));
  });

  it('refuses a wrong password', async () => {
    await expect(connect(server.adminUser, 'wrong')).rejects.toThrow('password authentication failed');
  });
});

it('tells of each session that ends, and leaves it out of what its log says last', async () => {
  const told: EndedSession[] = [];
  const server = await startPostgres({
    ...options,
    dataDirectory: join(directory, 'told'),
    onSessionEnd: (session) => told.push(session),
  });
  const client = new Client({
    host: server.host,
    port: server.port,
    user: server.adminUser,
    password: server.adminPassword,
    database: 'postgres',
  });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await client.end();
  await server.stop();
  expect(told).toEqual([
    { pid: rows[0]?.pid, user: server.adminUser, database: 'postgres', seconds: expect.any(Number) },
  ]);
  const { log } = await server.exited;
  expect(log).toContain('database system is shut down');
  expect(log).not.toContain('disconnection');
});

it('keeps its data over a restart and says when it ended unexpectedly', async () => {
  const dataDirectory = join(directory, 'two');
  const first = await startPostgres({ ...options, dataDirectory });
  await first.createDatabase('kept', { connectionLimit: 5 });
  process.kill(first.pid, 'SIGKILL');
  expect((await first.exited).expected).toBe(false);

  const second = await startPostgres({ ...options, dataDirectory });
  const client = new Client({
    host: second.host,
    port: second.port,
    user: second.adminUser,
    password: second.adminPassword,
    database: 'kept',
  });
  await client.connect();
  await client.end();
  await second.stop();
  expect((await second.exited).expected).toBe(true);
  expect(isRunning(second.pid)).toBe(false);
});

it('stops a server that another start left running on its data, and only that', async () => {
  const dataDirectory = join(directory, 'left');
  const left = await startPostgres({ ...options, dataDirectory });
  const next = await startPostgres({ ...options, dataDirectory });
  expect(isRunning(left.pid)).toBe(false);
  expect((await left.exited).expected).toBe(false);
  await next.stop();

  // Its process id may be another process's by now.
  await writeFile(join(dataDirectory, 'postmaster.pid'), `${process.pid}\n`);
  expect(await stopStale(dataDirectory)).toBe(false);
});

it('begins again with its data where a start was killed while it made them', async () => {
  const dataDirectory = join(directory, 'half');
  for (const half of [dataDirectory, `${dataDirectory}.partial`]) {
    await mkdir(join(half, 'base'), { recursive: true });
    await writeFile(join(half, half === dataDirectory ? 'postgresql.conf' : 'PG_VERSION'), '');
  }
  const server = await startPostgres({ ...options, dataDirectory });
  await server.createDatabase('whole', { connectionLimit: 5 });
  await server.stop();
  expect((await readdir(directory)).filter((name) => name.startsWith('half'))).toEqual(['half']);
});

it('ends with its parent, also when that is killed', async () => {
  const parent = fork(fileURLToPath(new URL('./testing/orphan.ts', import.meta.url)), [
    join(directory, 'three'),
    testCacheDirectory,
  ]);
  const pid = await new Promise<number>((resolve) => {
    parent.once('message', (message) => resolve(Number(message)));
  });
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  expect(await ended(pid, 10_000)).toBe(true);
});
