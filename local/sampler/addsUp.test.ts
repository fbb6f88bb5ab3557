import { totalmem } from 'node:os';
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { postgresqlDialect } from '../../monitoring/probe/postgresqlDialect.ts';
import { divideCpu, type ServerSnapshot } from './databaseCpu.ts';
import { allPids, readProcessCpu, readProcesses, ticksPerSecond } from './processCpu.ts';
import { readProc } from './procFile.ts';
import { backendPid, startFleetServer, type FleetServer } from './testing/fleetServer.ts';

const databases = ['a', 'b', 'c'];

/** The server's processes as the operating system knows them: the postmaster and its children. */
async function processesOf(postmaster: number): Promise<number[]> {
  const all = await readProcesses(allPids());
  const children = all.filter(({ parentPid }) => parentPid === postmaster).map(({ pid }) => pid);
  return [postmaster, ...children].sort((a, b) => a - b);
}

describe.skipIf(process.platform !== 'linux')('what all systems use of one server (needs /proc)', () => {
  let fleet: FleetServer;
  const clients: Client[] = [];

  beforeAll(async () => {
    fleet = await startFleetServer(databases, 30);
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });
  afterAll(() => fleet.stop());

  const kept = (client: Client): Client => {
    clients.push(client);
    return client;
  };
  const session = async (database: string) => kept(await fleet.session(database));
  const administrator = async (database: string) => kept(await fleet.administrator(database));

  async function look(): Promise<ServerSnapshot> {
    const { cpu } = await fleet.observer.observe({ sizes: false });
    if ('unavailable' in cpu) throw new Error(cpu.unavailable);
    return cpu;
  }

  const work = (client: Client, rows: number) =>
    client.query(`SELECT count(*) FROM generate_series(1, ${rows}) AS n WHERE n % 7 = 0`);

  /** A session that does some work and ends, for whose process the server has waited then. */
  async function pass(client: Client, rows: number): Promise<void> {
    await work(client, rows);
    const pid = backendPid(client);
    await client.end();
    await vi.waitFor(() => expect(readProcessCpu(pid)).toBeUndefined());
  }

  it('CPU: the parts of all databases and of the server are all that the server used', async () => {
    const { server } = fleet;
    const usedTicks = async (): Promise<number> => {
      const all = await readProcesses(await processesOf(server.pid));
      const own = all.reduce((sum, process) => sum + process.ownTicks, 0);
      return own + (all.find((process) => process.pid === server.pid)?.endedChildrenTicks ?? 0);
    };
    const [a, b, watching] = [await session('a'), await session('b'), await administrator('c')];

    const before = await look();
    const ticksBefore = await usedTicks();
    await work(a, 1_000_000);
    await work(b, 300_000);
    await work(watching, 700_000);
    await pass(await fleet.session('b'), 1_700_000);
    const now = await look();
    const usedSeconds = ((await usedTicks()) - ticksBefore) / ticksPerSecond;

    const { seconds, serverSeconds } = divideCpu(before, now, databases);
    const all = [...seconds.values()].reduce((sum, each) => sum + each, serverSeconds);
    // Between reading the ticks and looking, the server works a little.
    expect(all).toBeCloseTo(usedSeconds, 1);
    const [ofA = 0, ofB = 0, ofC = 1] = databases.map((database) => seconds.get(database));
    expect(ofA).toBeGreaterThan(0.05);
    // One row costs one like another: with its session that has ended, b had twice as many.
    expect(ofB / ofA).toBeGreaterThan(1.3);
    expect(ofB / ofA).toBeLessThan(3);
    // An administrator's session in its database is not its own.
    expect(ofC).toBe(0);
    expect(serverSeconds).toBeGreaterThan(0.3 * ofA);
  });

  it('CPU: short sessions are of the system that opened them', async () => {
    await session('b');
    // The first look finds a session's whole life until then.
    await look();
    const before = await look();
    for (let count = 0; count < 60; count += 1) await pass(await fleet.session('a'), 1);
    await pass(await fleet.session('c'), 1);
    await pass(await fleet.administrator('c'), 1);
    const now = await look();

    const { seconds } = divideCpu(before, now, databases);
    const [ofA = 0, ofB = 1, ofC = 1] = databases.map((database) => seconds.get(database));
    const ended = (now.postmaster.endedChildrenTicks - before.postmaster.endedChildrenTicks) / ticksPerSecond;
    expect(ofA).toBeGreaterThan(0.8 * ended);
    expect(ofA).toBeLessThanOrEqual(ended);
    expect(ofB).toBeLessThan(0.05 * ofA);
    expect(ofC).toBeLessThan(0.1 * ofA);
  });

  it('CPU: no process of the server is left out, the one that looks included', async () => {
    await session('a');
    await administrator('postgres');
    await vi.waitFor(async () => {
      const { postmaster, processes } = await look();
      const seen = [postmaster.pid, ...processes.map(({ pid }) => pid)].sort((a, b) => a - b);
      expect(seen).toEqual(await processesOf(fleet.server.pid));
    });
  });

  it('memory: the shares of all databases are all that the server holds', async () => {
    const sessions = await Promise.all(databases.map(administrator));
    // Nobody's: what administrators' sessions hold is shared, as is what the server itself does.
    const administrators = await Promise.all(['postgres', 'postgres', 'postgres'].map(administrator));
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
    const heldKiB = pssKiB(await processesOf(fleet.server.pid));

    // Each is in percent of a third of this machine.
    const whole = ((a + b + c) / 100) * (totalmem() / 1_024 / databases.length);
    // While it looks, each session holds 1.7 MiB more than after.
    expect(Math.abs(whole - heldKiB)).toBeLessThan(0.1 * heldKiB);
    expect(a).toBeGreaterThan(b);
    expect(b / c).toBeCloseTo(1, 1);
  });
});

/** Proportional: what processes share counts once among them. */
function pssKiB(pids: readonly number[]): number {
  return pids
    .map((pid) => Number(/^Pss: +(\d+) kB/m.exec(readProc(`${pid}/smaps_rollup`) ?? '')?.[1] ?? 0))
    .reduce((sum, kib) => sum + kib, 0);
}
