import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresqlDialect } from '../../monitoring/probe/postgresqlDialect.ts';
import type { PostgresServer } from '../postgres/server.ts';
import { startTestPostgres } from '../postgres/testing/testPostgres.ts';
import { divideCpu, type ServerSnapshot } from './databaseCpu.ts';
import { PostgresObserver } from './postgresServer.ts';
import { readProcessCpu, ticksPerSecond } from './processCpu.ts';

const databases = ['a', 'b', 'c'];

/** The server's processes as the operating system knows them: the postmaster and its children. */
async function processesOf(postmaster: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    }),
  );
  return [postmaster, ...pids.filter((_, index) => parents[index] === postmaster)].sort((a, b) => a - b);
}

describe.skipIf(process.platform !== 'linux')('what all systems use of one server (needs /proc)', () => {
  let server: PostgresServer;
  let observer: PostgresObserver;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startTestPostgres(30);
    for (const database of databases) await server.createDatabase(database, { connectionLimit: 10 });
    observer = new PostgresObserver(server, process.platform);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });
  afterAll(async () => {
    await observer.close();
    await server.stop();
  });

  async function session(database: string): Promise<Client> {
    const client = new Client({
      host: server.host,
      port: server.port,
      user: server.adminUser,
      password: server.adminPassword,
      database,
    });
    await client.connect();
    clients.push(client);
    return client;
  }

  async function look(): Promise<ServerSnapshot> {
    const { cpu } = await observer.observe();
    if ('unavailable' in cpu) throw new Error(cpu.unavailable);
    return cpu;
  }

  it('CPU: the shares of all databases are all that the server used', async () => {
    const usedTicks = async (): Promise<number> => {
      const pids = await processesOf(server.pid);
      const all = await Promise.all(pids.map(readProcessCpu));
      const own = all.reduce((sum, process) => sum + (process?.ownTicks ?? 0), 0);
      return own + (all.find((process) => process?.pid === server.pid)?.endedChildrenTicks ?? 0);
    };
    const work = (client: Client, rows: number) =>
      client.query(`SELECT count(*) FROM generate_series(1, ${rows}) AS n WHERE n % 7 = 0`);
    const [a, b, administrator] = [await session('a'), await session('b'), await session('postgres')];

    const before = await look();
    const ticksBefore = await usedTicks();
    const passing = await session('b');
    await work(a, 3_000_000);
    await work(b, 1_000_000);
    await work(administrator, 2_000_000);
    await work(passing, 2_000_000);
    clients.splice(clients.indexOf(passing), 1);
    await passing.end();
    await vi.waitFor(async () => expect(await processesOf(server.pid)).not.toContain(backendPid(passing)));
    const now = await look();
    const usedSeconds = ((await usedTicks()) - ticksBefore) / ticksPerSecond;

    const shares = divideCpu(before, now, { databases, cores: 2 });
    const secondsOf = (database: string) => shares.get(database)?.cpuSeconds ?? 0;
    // Between reading the ticks and looking, the server works a little.
    expect(databases.reduce((sum, database) => sum + secondsOf(database), 0)).toBeCloseTo(usedSeconds, 1);
    expect(usedSeconds).toBeGreaterThan(0.3);
    // What nobody owns (the administrator's session, the one that ended, the server itself) is split evenly.
    expect(secondsOf('c')).toBeGreaterThan(0.05);
    expect(secondsOf('a')).toBeGreaterThan(secondsOf('b'));
    expect(secondsOf('b')).toBeGreaterThan(secondsOf('c'));
  });

  it('CPU: no process of the server is left out, the one that looks included', async () => {
    await session('a');
    await session('postgres');
    await vi.waitFor(async () => {
      const { postmaster, processes } = await look();
      const seen = [postmaster.pid, ...processes.map(({ pid }) => pid)].sort((a, b) => a - b);
      expect(seen).toEqual(await processesOf(server.pid));
    });
  });

  it('memory: the shares of all databases are all that the server holds', async () => {
    const sessions = await Promise.all(databases.map(session));
    // Nobody's: what administrators' sessions hold is shared, as is what the server itself does.
    const administrators = await Promise.all(['postgres', 'postgres', 'postgres'].map(session));
    for (const client of [...administrators, sessions[0]!]) {
      await client.query(`SET work_mem = '64MB'`);
      // A cursor holds its sort's memory for as long as it is open.
      await client.query('BEGIN');
      await client.query(
        `DECLARE held CURSOR FOR SELECT repeat(md5(n::text), 8) AS t FROM generate_series(1, 30000) AS n ORDER BY t`,
      );
      await client.query('FETCH 1 FROM held');
    }
    const percentages = async () =>
      Promise.all(
        sessions.map(async (client) => {
          const { rows } = await client.query<{ memory_percent: number }>(postgresqlDialect.sql);
          return rows[0]?.memory_percent ?? NaN;
        }),
      );
    // The first looks fault their own code in.
    await percentages();
    const [a = NaN, b = NaN, c = NaN] = await percentages();
    const heldKiB = await pssKiB(await processesOf(server.pid));

    // Each is in percent of a third of this machine.
    const whole = ((a + b + c) / 100) * (totalmem() / 1_024 / databases.length);
    // While it looks, each session holds 1.7 MiB more than after.
    expect(Math.abs(whole - heldKiB)).toBeLessThan(0.1 * heldKiB);
    expect(a).toBeGreaterThan(b);
    expect(b / c).toBeCloseTo(1, 1);
  });
});

/** Proportional: what processes share counts once among them. */
async function pssKiB(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0);
    }),
  );
  return each.reduce((sum, kib) => sum + kib, 0);
}

const backendPid = (client: Client): number => (client as unknown as { processID: number }).processID;
