import { availableParallelism } from 'node:os';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { PostgresServer } from '../postgres/server.ts';
import { startTestPostgres } from '../postgres/testing/testPostgres.ts';
import { PostgresObserver, type ServerObservation } from './postgresServer.ts';
import { Sampler, type SamplerOptions } from './sampler.ts';

const clusters = [
  { identifier: 'cluster-a', database: 'a' },
  { identifier: 'cluster-b', database: 'b' },
];

const samplerWith = (
  overrides: Partial<SamplerOptions>,
): {
  sampler: Sampler;
  latest: (name: string, dimension: string) => number | undefined;
  errors: unknown[];
} => {
  const metrics = new MetricStore();
  const errors: unknown[] = [];
  const sampler = new Sampler({
    clock: systemClock,
    intervalMs: 20,
    metrics,
    clusters: [],
    cores: availableParallelism(),
    observeServer: () => Promise.reject(new Error('no server')),
    queues: () => Promise.resolve(new Map()),
    oldestMessageMs: () => Promise.resolve(undefined),
    takePeakConcurrency: () => new Map(),
    onError: (error) => errors.push(error),
    ...overrides,
  });
  const latest = (name: string, dimension: string): number | undefined => {
    const metric = metrics
      .list()
      .find((entry) => entry.name === name && Object.values(entry.dimensions).includes(dimension));
    return (
      metric &&
      metrics
        .query({
          ...metric,
          statistic: 'Maximum',
          periodSeconds: 1,
          startMs: metric.newestMs,
          endMs: metric.newestMs + 1_000,
        })
        .at(-1)?.value
    );
  };
  return { sampler, latest, errors };
};

describe('Sampler', () => {
  it('publishes queues and concurrency, and an age only for what waits', async () => {
    const { sampler, latest } = samplerWith({
      queues: () =>
        Promise.resolve(
          new Map([
            ['customers', { visible: 3, inFlight: 2 }],
            ['working', { visible: 0, inFlight: 1 }],
            ['empty', { visible: 0, inFlight: 0 }],
          ]),
        ),
      oldestMessageMs: () => Promise.resolve(Date.now() - 90_000),
      takePeakConcurrency: () => new Map([['api', 7]]),
    });
    await sampler.sample();

    expect(latest('ApproximateNumberOfMessagesVisible', 'customers')).toBe(3);
    expect(latest('ApproximateNumberOfMessagesNotVisible', 'customers')).toBe(2);
    const age = latest('ApproximateAgeOfOldestMessage', 'customers');
    expect(age).toBeGreaterThanOrEqual(90);
    expect(age).toBeLessThan(100);
    expect(latest('ApproximateAgeOfOldestMessage', 'working')).toBeGreaterThanOrEqual(90);
    expect(latest('ApproximateAgeOfOldestMessage', 'empty')).toBe(0);
    expect(latest('ConcurrentExecutions', 'api')).toBe(7);
  });

  it('samples again and again until it is stopped, and survives what fails', async () => {
    let looks = 0;
    const { sampler, errors } = samplerWith({
      clusters,
      queues: () => {
        looks += 1;
        return Promise.resolve(new Map());
      },
    });
    sampler.start();
    await vi.waitFor(() => expect(looks).toBeGreaterThanOrEqual(3));
    await sampler.stop();
    expect(errors[0]).toMatchObject({ message: 'no server' });
  });

  it('publishes 100 % for a database that takes the cores of others, and no CPU across an interruption', async () => {
    const observation = (atMs: number, ownTicks: number): ServerObservation => ({
      cpu: {
        atMs,
        postmaster: { pid: 1, ownTicks: 0, endedChildrenTicks: 0 },
        processes: [{ pid: 2, database: 'a', ownTicks, endedChildrenTicks: 0 }],
      },
      connections: new Map(),
      bytes: new Map(),
      freeBytes: 0,
    });
    const looks: (ServerObservation | Error)[] = [observation(0, 0), observation(1_000, 150)];
    const observeServer = async (): Promise<ServerObservation> => {
      const look = looks.shift() ?? new Error('no more looks');
      if (look instanceof Error) throw look;
      return look;
    };
    const { sampler, latest, errors } = samplerWith({
      clusters,
      cores: 2,
      observeServer,
    });
    await sampler.sample();
    await sampler.sample();
    // A core and a half, where its share of two is one.
    expect(latest('CPUUtilization', 'cluster-a')).toBe(100);
    expect(latest('CPUUtilization', 'cluster-b')).toBe(0);

    const restarted = samplerWith({
      clusters,
      cores: 2,
      observeServer,
    });
    looks.push(observation(0, 0), new Error('server gone'), observation(2_000, 90));
    for (let look = 0; look < 3; look += 1) await restarted.sampler.sample();
    expect(restarted.latest('CPUUtilization', 'cluster-a')).toBeUndefined();
    expect(restarted.errors).toEqual([new Error('server gone')]);
    expect(errors).toEqual([]);
  });

  it('publishes no CPU where the platform gives none, and says so once', async () => {
    const { sampler, latest, errors } = samplerWith({
      clusters,
      observeServer: () =>
        Promise.resolve({
          cpu: { unavailable: 'platform darwin has no /proc' },
          connections: new Map([['a', 4]]),
          bytes: new Map([['a', 1_000]]),
          freeBytes: 18_000,
        }),
    });
    await sampler.sample();
    await sampler.sample();

    expect(latest('CPUUtilization', 'cluster-a')).toBeUndefined();
    expect(errors).toEqual([new Error('CPUUtilization is not published: platform darwin has no /proc')]);
    expect(latest('DatabaseConnections', 'cluster-a')).toBe(4);
    expect(latest('DatabaseConnections', 'cluster-b')).toBe(0);
    expect(latest('PercentageDiskSpaceUsed', 'cluster-a')).toBe(10);
    expect(latest('HealthStatus', 'cluster-a')).toBe(1);
    expect(latest('HealthStatus', 'cluster-b')).toBe(0);
  });
});

describe.skipIf(process.platform !== 'linux')('Sampler on a PostgreSQL server (needs /proc)', () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startTestPostgres(20);
    for (const { database } of clusters) await server.createDatabase(database, { connectionLimit: 10 });
  });
  afterAll(() => server.stop());

  const sessionIn = async (database: string): Promise<Client> => {
    const client = new Client({
      host: server.host,
      port: server.port,
      user: server.adminUser,
      password: server.adminPassword,
      database,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  };

  it('counts clients as connections, and not the workers of their queries', async () => {
    const observer = new PostgresObserver(server, process.platform);
    const [client, administrator] = [await sessionIn('a'), await sessionIn('postgres')];
    await client.query('SET debug_parallel_query = on');
    const sleeping = client.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
    await vi.waitFor(async () => {
      const { rows } = await administrator.query(
        `SELECT datname FROM pg_stat_activity WHERE backend_type = 'parallel worker'`,
      );
      expect(rows).toEqual([{ datname: 'a' }]);
    });
    expect((await observer.observe()).connections.get('a')).toBe(1);
    await administrator.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND backend_type = 'client backend'`,
    );
    expect(await sleeping).toContain('canceling statement');
    await client.end();
    await vi.waitFor(async () => {
      const { rows } = await administrator.query(`SELECT pid FROM pg_stat_activity WHERE datname = 'a'`);
      expect(rows).toEqual([]);
    });
    await Promise.all([administrator.end(), observer.close()]);
  });

  it('gives CPU and connections to the database that uses them, and nothing once the server is gone', async () => {
    const observer = new PostgresObserver(server, process.platform);
    const { sampler, latest, errors } = samplerWith({
      clusters,
      observeServer: () => observer.observe(),
    });
    const client = await sessionIn('a');

    await sampler.sample();
    await client.query('SELECT count(*) FROM generate_series(1, 3000000)');
    await sampler.sample();

    expect(latest('DatabaseConnections', 'cluster-a')).toBe(1);
    expect(latest('DatabaseConnections', 'cluster-b')).toBe(0);
    const busy = latest('CPUUtilization', 'cluster-a') ?? 0;
    const quiet = latest('CPUUtilization', 'cluster-b') ?? Infinity;
    expect(busy).toBeGreaterThan(quiet + 10);
    expect(busy).toBeLessThanOrEqual(100);
    expect(latest('PercentageDiskSpaceUsed', 'cluster-a')).toBeGreaterThan(0);
    expect(errors).toEqual([]);

    await server.stop();
    await sampler.sample();
    expect(errors).toHaveLength(1);
    await observer.close();
  });
});
