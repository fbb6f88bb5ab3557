import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import { WithheldMetrics } from '../aws/cloudwatch/withheldMetrics.ts';
import type { MachineSnapshot } from './otherWork.ts';
import type { ServerObservation } from './postgresServer.ts';
import { Sampler, type SamplerOptions } from './sampler.ts';
import { startFleetServer, type FleetServer } from './testing/fleetServer.ts';
import { backend, serverAt } from './testing/snapshots.ts';

const clusters = [
  { identifier: 'cluster-a', database: 'a' },
  { identifier: 'cluster-b', database: 'b' },
];

const periodMs = 10_000;

/** The store keeps three hours: a period that begins about now. */
const startMs = Math.floor(Date.now() / periodMs) * periodMs;

const samplerWith = (
  overrides: Partial<SamplerOptions>,
): {
  sampler: Sampler;
  metrics: MetricStore;
  withheld: WithheldMetrics;
  /** The newest second's value; of a metric without dimensions, the only one. */
  latest: (name: string, dimension?: string) => number | undefined;
  errors: unknown[];
} => {
  const metrics = new MetricStore();
  const withheld = new WithheldMetrics();
  const errors: unknown[] = [];
  const sampler = new Sampler({
    clock: systemClock,
    periodMs,
    metrics,
    withheld,
    clusters: [],
    isAvailable: () => true,
    cores: availableParallelism(),
    observeServer: () => Promise.reject(new Error('no server')),
    observeMachine: () => Promise.resolve(undefined),
    queues: () => Promise.resolve(new Map()),
    oldestMessageMs: () => Promise.resolve(undefined),
    takePeakConcurrency: () => new Map(),
    onError: (error) => errors.push(error),
    ...overrides,
  });
  const latest = (name: string, dimension?: string): number | undefined => {
    const metric = metrics
      .list()
      .find((entry) => entry.name === name && Object.values(entry.dimensions)[0] === dimension);
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
  return { sampler, metrics, withheld, latest, errors };
};

/** A server on which each of the two databases has used so many ticks. */
const lookAt = (atMs: number, [a, b]: readonly [a: number, b: number]): ServerObservation => ({
  cpu: serverAt(atMs, {}, [backend(2, 'a', a), backend(3, 'b', b)]),
  connections: new Map(),
  databases: new Set(),
});

describe('Sampler', () => {
  it('publishes queues and concurrency, and an age only for what waits', async () => {
    const { sampler, latest } = samplerWith({
      queues: () =>
        Promise.resolve(
          new Map([
            ['items', { visible: 3, inFlight: 2 }],
            ['working', { visible: 0, inFlight: 1 }],
            ['empty', { visible: 0, inFlight: 0 }],
          ]),
        ),
      oldestMessageMs: () => Promise.resolve(Date.now() - 90_000),
      takePeakConcurrency: () => new Map([['api', 7]]),
    });
    await sampler.sample(Date.now());

    expect(latest('ApproximateNumberOfMessagesVisible', 'items')).toBe(3);
    expect(latest('ApproximateNumberOfMessagesNotVisible', 'items')).toBe(2);
    const age = latest('ApproximateAgeOfOldestMessage', 'items');
    expect(age).toBeGreaterThanOrEqual(90);
    expect(age).toBeLessThan(100);
    expect(latest('ApproximateAgeOfOldestMessage', 'working')).toBeGreaterThanOrEqual(90);
    expect(latest('ApproximateAgeOfOldestMessage', 'empty')).toBe(0);
    expect(latest('ConcurrentExecutions', 'api')).toBe(7);
  });

  it('publishes a cluster as healthy that is there and whose database is', async () => {
    const { sampler, latest } = samplerWith({
      clusters: ['here', 'rebooting', 'gone'].map((name) => ({ identifier: name, database: name })),
      isAvailable: (identifier) => identifier !== 'rebooting',
      observeServer: () =>
        Promise.resolve({ ...lookAt(Date.now(), [0, 0]), databases: new Set(['here', 'rebooting']) }),
    });
    await sampler.sample(Date.now());
    expect(['here', 'rebooting', 'gone'].map((name) => latest('HealthStatus', name))).toEqual([1, 0, 0]);
  });

  it('samples again and again until it is stopped, and survives what fails', async () => {
    let looks = 0;
    const { sampler, errors } = samplerWith({
      periodMs: 20,
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

  it('publishes one CPU a period, its average at its start, and 100 % for a database that takes others cores', async () => {
    // A core and a half for the whole period in one, where its share of two is one; half a core for a part in another.
    const used = (secondsIn: number): readonly [a: number, b: number] => [
      150 * secondsIn,
      50 * Math.max(0, Math.min(3, secondsIn - 4)),
    ];
    let secondsIn = 0;
    const { sampler, metrics, latest, errors } = samplerWith({
      clusters,
      cores: 2,
      observeServer: () => Promise.resolve(lookAt(secondsIn * 1_000, used(secondsIn))),
    });
    await sampler.sample(startMs - 1_000);
    for (secondsIn = 0; secondsIn <= 10; secondsIn += 2) await sampler.sample(startMs + secondsIn * 1_000);

    const values = (dimension: string) =>
      metrics.query({
        namespace: 'AWS/Redshift',
        name: 'CPUUtilization',
        dimensions: { ClusterIdentifier: dimension },
        statistic: 'Maximum',
        periodSeconds: 1,
        startMs: startMs - periodMs,
        endMs: startMs + 2 * periodMs,
      });
    expect(values('cluster-a')).toEqual([{ timestampMs: startMs, value: 100 }]);
    expect(values('cluster-b')).toEqual([{ timestampMs: startMs, value: 15 }]);
    expect(latest('DatabaseServerCpu')).toBe(0);
    expect(errors).toEqual([]);
  });

  it('withholds the CPU beside other work, says why once, and publishes it again after that', async () => {
    let idle = 0;
    let busy = 0;
    let periods = 0;
    const { sampler, withheld, latest, errors } = samplerWith({
      clusters,
      observeServer: () => Promise.resolve(lookAt(periods * periodMs, [0, 0])),
      observeMachine: (): Promise<MachineSnapshot> =>
        Promise.resolve({
          cpu: { busyTicks: busy, idleTicks: idle, stolenTicks: 0 },
          processes: [],
          own: [],
        }),
    });
    await sampler.sample(startMs - 1);
    const endsWith = async (more: { busy: number; idle: number }): Promise<void> => {
      busy += more.busy;
      idle += more.idle;
      await sampler.sample(startMs + periods * periodMs);
      periods += 1;
    };
    await endsWith({ busy: 0, idle: 0 });
    await endsWith({ busy: 1_980, idle: 20 });
    await endsWith({ busy: 1_960, idle: 40 });
    expect(latest('CPUUtilization', 'cluster-a')).toBeUndefined();
    expect(latest('OtherWorkCpu')).toBe(98);
    const reasons = [
      'other work on this machine took 99 % of its CPU, and 1 % was left',
      'other work on this machine took 98 % of its CPU, and 2 % was left',
    ];
    const databaseCpu = { namespace: 'AWS/Redshift', name: 'CPUUtilization' };
    expect(withheld.within(databaseCpu, { startMs, endMs: startMs + 10 * periodMs })).toEqual([
      { startMs, reason: reasons[0] },
      { startMs: startMs + periodMs, reason: reasons[1] },
    ]);
    expect(errors).toEqual([new Error(`CPUUtilization is not published: ${reasons[0]}`)]);

    await endsWith({ busy: 100, idle: 1_900 });
    expect(latest('CPUUtilization', 'cluster-a')).toBe(0);
    await endsWith({ busy: 1_980, idle: 20 });
    expect(errors).toHaveLength(2);
  });

  it('has no CPU for a period that ended without an answer, and says so', async () => {
    const looks = [lookAt(0, [0, 0]), lookAt(0, [0, 0]), new Error('server gone'), lookAt(20_000, [900, 0])];
    const { sampler, latest, errors } = samplerWith({
      clusters,
      observeServer: async () => {
        const look = looks.shift() ?? new Error('no more looks');
        if (look instanceof Error) throw look;
        return look;
      },
    });
    for (const dueMs of [-1, 0, 10_000, 20_000]) await sampler.sample(dueMs);
    expect(latest('CPUUtilization', 'cluster-a')).toBeUndefined();
    expect(errors).toEqual([
      new Error(
        'CPUUtilization is not published: the database server did not answer as the period began or ended',
      ),
      new Error('server gone'),
    ]);
  });

  it('publishes no CPU where the platform gives none, and says so once', async () => {
    const { sampler, latest, errors } = samplerWith({
      clusters,
      observeServer: () =>
        Promise.resolve({
          cpu: { unavailable: 'platform darwin has no /proc' },
          connections: new Map([['a', 4]]),
          databases: new Set(['a']),
          disk: { bytes: new Map([['a', 1_000]]), freeBytes: 18_000 },
        }),
    });
    await sampler.sample(Date.now());
    await sampler.sample(Date.now() + periodMs);

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
  let fleet: FleetServer;

  beforeAll(async () => {
    fleet = await startFleetServer(
      clusters.map(({ database }) => database),
      20,
    );
  });
  afterAll(() => fleet.stop());

  it('counts clients as connections, and not the workers of their queries', async () => {
    const { observer } = fleet;
    const [client, administrator] = [await fleet.administrator('a'), await fleet.administrator()];
    await client.query('SET debug_parallel_query = on');
    await client.query('SET max_parallel_workers_per_gather = 1');
    const sleeping = client.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
    await vi.waitFor(async () => {
      const { rows } = await administrator.query(
        `SELECT datname FROM pg_stat_activity WHERE backend_type = 'parallel worker'`,
      );
      expect(rows).toEqual([{ datname: 'a' }]);
    });
    expect((await observer.observe({ sizes: false })).connections.get('a')).toBe(1);
    await administrator.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND backend_type = 'client backend'`,
    );
    expect(await sleeping).toContain('canceling statement');
    await client.end();
    await vi.waitFor(async () => {
      const { rows } = await administrator.query(`SELECT pid FROM pg_stat_activity WHERE datname = 'a'`);
      expect(rows).toEqual([]);
    });
    await administrator.end();
  });

  it('gives CPU and connections to the database that uses them, and nothing once the server is gone', async () => {
    const { sampler, latest, errors, withheld } = samplerWith({
      clusters,
      // The work below takes as long as it takes: the period is as long as that, by the server's own account.
      observeServer: async (what) => {
        const observation = await fleet.observer.observe(what);
        const { cpu } = observation;
        return 'unavailable' in cpu ? observation : { ...observation, cpu: { ...cpu, atMs: nowMs } };
      },
    });
    let nowMs = 0;
    const client = await fleet.session('a');

    await sampler.sample(startMs - 1);
    await sampler.sample(startMs);
    await client.query('SELECT count(*) FROM generate_series(1, 1000000)');
    nowMs = periodMs;
    await sampler.sample(startMs + nowMs);

    expect(latest('DatabaseConnections', 'cluster-a')).toBe(1);
    expect(latest('DatabaseConnections', 'cluster-b')).toBe(0);
    const busy = latest('CPUUtilization', 'cluster-a') ?? 0;
    expect(busy).toBeGreaterThan(0.3);
    expect(busy).toBeLessThanOrEqual(100);
    expect(latest('CPUUtilization', 'cluster-b')).toBe(0);
    expect(latest('PercentageDiskSpaceUsed', 'cluster-a')).toBeGreaterThan(0);
    expect(latest('HealthStatus', 'cluster-a')).toBe(1);
    expect(errors).toEqual([]);

    await fleet.server.stop();
    await sampler.sample(startMs + 2 * periodMs);
    expect(errors).toHaveLength(2);
    expect(
      withheld.within(
        { namespace: 'AWS/Redshift', name: 'CPUUtilization' },
        { startMs, endMs: startMs + 2 * periodMs },
      ),
    ).toHaveLength(1);
  });
});
