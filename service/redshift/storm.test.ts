import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory, testCacheDirectory } from '../../local/postgres/testing/testPostgres.ts';
import { startPostgres, type PostgresServer } from '../../local/postgres/server.ts';
import type { RandomSource } from '../../core/clock.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { ManualClock } from '../../core/testing/manualClock.ts';
import { Relay } from '../testing/relay.ts';
import { seededRandom } from '../../core/testing/seededRandom.ts';
import { createDatabase, type Database } from './database.ts';

const environments = 200;
/** As getClient has it. */
const withinMs = 2_500;
const stepMs = 250;
/** The longest pause, the attempt itself, and a step. */
const backWithinMs = 10_000 + 1_000 + stepMs;

let directory: string;
let server: PostgresServer;
let relay: Relay;
let databases: Database[] = [];

const start = (): Promise<PostgresServer> =>
  startPostgres({
    dataDirectory: join(directory, 'data'),
    cacheDirectory: testCacheDirectory,
    maxConnections: environments + 20,
  });

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await start();
  relay = await Relay.start(server);
});
afterEach(() => {
  for (const database of databases) database.close();
});
afterAll(async () => {
  await relay.stop();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

/**
 * Restarts the database under environments that are asked four times a second of virtual time, each on a
 * real connection of its own, and tells what they did.
 */
async function restart(awayMs: number, random: RandomSource) {
  const clock = new ManualClock();
  const admin = { username: server.adminUser, password: server.adminPassword };
  databases = Array.from({ length: environments }, () =>
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
  /** Connections opened in each virtual second. */
  const openedPerSecond: number[] = [];
  const step = async (): Promise<boolean> => {
    const before = relay.opened;
    const seconds = Math.floor((clock.now() - startMs) / 1_000);
    const results = await Promise.all(
      databases.map(async (database) => {
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
      }),
    );
    openedPerSecond[seconds] = (openedPerSecond[seconds] ?? 0) + relay.opened - before;
    clock.advance(stepMs);
    return results.every(Boolean);
  };

  await step();
  expect(answers).toMatchObject({ good: environments, unavailable: 0 });
  await relay.refuse();
  await server.stop();
  while (clock.now() - startMs < awayMs) await step();
  server = await start();
  relay.target = server;
  await relay.pass();
  const backMs = clock.now();
  while (!(await step())) expect(clock.now() - backMs).toBeLessThan(3 * backWithinMs);
  return {
    answers,
    recoveredMs: clock.now() - backMs,
    openedAfter: openedPerSecond.slice(Math.floor((backMs - startMs) / 1_000)),
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

describe('200 environments whose database restarts', () => {
  it('come back one by one over the longest pause, and answer 503 at once until then', async () => {
    const { answers, recoveredMs, openedAfter } = await restart(30_000, seededRandom(1));

    // One connection each. Pauses of five seconds on average bring back a fifth of them in the first second,
    // give or take chance.
    expect(sum(openedAfter)).toBe(environments);
    expect(Math.max(...openedAfter)).toBeLessThanOrEqual(environments * 0.3);
    expect(openedAfter.filter((count) => count > 0).length).toBeGreaterThanOrEqual(8);
    expect(recoveredMs).toBeLessThanOrEqual(backWithinMs);
    expect(answers.unavailable).toBeGreaterThan(environments * (30_000 / stepMs) * 0.9);
    expect(answers.slowestMs).toBeLessThan(withinMs);
  });

  it('would storm it without the random pauses: this test would notice', async () => {
    const { openedAfter } = await restart(1_000, () => 0);

    expect(openedAfter[0]).toBe(environments);
  });
});
