import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { migrate } from '../../service/redshift/migrate.ts';
import { assumedAs, AwsFault } from '../../service/testing/awsEndpoint.ts';
import { service } from '../../service/testing/service.ts';
import { SystemBench } from '../../service/testing/systemBench.ts';
import { documentOf as exampleDocument } from '../../fleet/testing/systemDocument.ts';
import { provenPeakPath } from '../provenPeak.ts';
import { systemDocumentName, type SystemDocument } from '../../fleet/systemDocument.ts';

const { table } = service.definition.rows[0]!;

/** An EMF line of the probe. */
interface EmfLine {
  _aws: { Timestamp: number; CloudWatchMetrics: { Namespace: string; Dimensions: string[][] }[] };
  System: string;
  DatabaseMemoryUtilization?: number;
  SelectsPerSecond?: number;
  DatabaseConnectionUtilization?: number;
  DatabaseQueueWait?: number;
  DatabasesAnswered?: number;
  ProvenPeak?: number;
}

// CloudWatch takes metrics of the last two weeks only.
const firstTickMs = Math.floor(Date.now() / 60_000) * 60_000;
const firstTick = new Date(firstTickMs).toISOString();
const secondTick = new Date(firstTickMs + 60_000).toISOString();

let server: PostgresServer;
let bench: SystemBench;
let systems: string[];
let peaks: Record<string, string>;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  systems = ['orders'];
  peaks = {};
  bench.aws.actions.set('GetParametersByPath', ({ Path }) => ({
    Parameters:
      Path === provenPeakPath('rehearsed')
        ? Object.entries(peaks).map(([system, Value]) => ({ Name: `${Path}${system}`, Value }))
        : systems.map((system) => ({
            Name: systemDocumentName('qa', system),
            Value: system === 'broken' ? '{' : JSON.stringify(documentOf(system)),
          })),
  }));
  vi.stubEnv('HEADROOM_STAGE', 'qa');
  vi.stubEnv('PROVEN_BY_STAGE', 'rehearsed');
  vi.stubEnv('STATEMENTS_PER_SECOND', '16');
  vi.stubEnv('AWS_ENDPOINT_URL', bench.aws.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.resetModules();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench.aws.stop();
});

function documentOf(system: string): SystemDocument {
  const document = exampleDocument(system, 'https://api.example/qa');
  return {
    ...document,
    cluster: {
      ...document.cluster,
      database: bench.database,
      // The bench answers nobody whose secret it does not know.
      probeSecretArn: system === 'orders' ? 'probe' : 'unknown',
      connectionLimit: 20,
    },
  };
}

/** What an execution environment, newly started or kept, writes during one tick. */
async function newEnvironment() {
  const { handler } = await import('./handler.ts');
  return async (
    time: string,
  ): Promise<{ emf: EmfLine[]; fleet: EmfLine[]; logs: Record<string, unknown>[] }> => {
    const lines: string[] = [];
    const capture = (chunk: unknown): boolean => {
      lines.push(...String(chunk).split('\n').filter(Boolean));
      return true;
    };
    const streams = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation(capture),
    );
    await handler({ time }).finally(() => streams.forEach((stream) => stream.mockRestore()));
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const emf = parsed.filter((line) => '_aws' in line) as unknown as EmfLine[];
    return {
      emf: emf.filter(({ System }) => System !== 'qa-fleet'),
      fleet: emf.filter(({ System }) => System === 'qa-fleet'),
      logs: parsed.filter((line) => !('_aws' in line)),
    };
  };
}

describe('the probe on PostgreSQL', () => {
  it('publishes memory with the one dimension System, at the time of its schedule', async () => {
    const tick = await newEnvironment();
    const { emf, logs } = await tick(firstTick);
    expect(logs).toEqual([]);
    expect(emf).toHaveLength(1);
    expect(emf[0]!['_aws']).toMatchObject({
      Timestamp: Date.parse(firstTick),
      CloudWatchMetrics: [{ Namespace: 'Headroom', Dimensions: [['System']] }],
    });
    expect(emf[0]!.System).toBe('qa-orders');
    expect(emf[0]!.DatabaseMemoryUtilization).toBeGreaterThan(0);
    expect(emf[0]!.DatabaseMemoryUtilization).toBeLessThan(100);
    expect(Object.keys(emf[0]!)).not.toContain('service');
  });

  it('publishes a rate from the second look on', async () => {
    const tick = await newEnvironment();
    expect((await tick(firstTick)).emf[0]).not.toHaveProperty('SelectsPerSecond');
    for (let each = 0; each < 20; each += 1) await bench.query('api', `SELECT id FROM ${table} WHERE id = 1`);
    const [second] = (await tick(secondTick)).emf;
    expect(second!.SelectsPerSecond).toBeGreaterThan(0);
    expect(second!['_aws'].Timestamp).toBe(Date.parse(secondTick));
  });

  it('sees memory that a session takes', async () => {
    const tick = await newEnvironment();
    const before = (await tick(firstTick)).emf[0]!.DatabaseMemoryUtilization!;
    const held = bench.query(
      'admin',
      // About 200 MB in one session for as long as it sleeps.
      `SELECT length(array_to_string(array_agg(repeat('x', 1000)), '')), pg_sleep(2) FROM generate_series(1, 100000)`,
    );
    const { databases, totalKiB } = (
      await bench.query(
        'admin',
        `SELECT (SELECT count(*)::int FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres') AS databases,
          substring(pg_read_file('/proc/meminfo') FROM 'MemTotal: +([0-9]+)')::int AS "totalKiB"`,
      )
    )[0] as { databases: number; totalKiB: number };
    const percentOf = (kib: number): number => (kib / (totalKiB / databases)) * 100;
    await vi.waitFor(
      async () => {
        const now = (await tick(secondTick)).emf[0]!.DatabaseMemoryUtilization!;
        expect(now - before).toBeGreaterThan(percentOf(50_000));
      },
      { timeout: 10_000, interval: 50 },
    );
    await held;
  });

  it('sees the connections as a share of what the cluster accepts, and a statement that waits', async () => {
    const tick = await newEnvironment();
    const holder = bench
      .query('admin', `BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(60); COMMIT`)
      .catch((error: Error) => error.message);
    await vi.waitFor(
      async () =>
        expect(
          await bench.query('admin', "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"),
        ).not.toEqual([]),
      10_000,
    );
    const waiter = bench.query('api', `SELECT id FROM ${table}`);
    const look = async () => (await tick(firstTick)).emf[0]!;
    await vi.waitFor(
      async () => {
        const { DatabaseConnectionUtilization, DatabaseQueueWait } = await look();
        // The holder, the waiter and the probe itself, of 20.
        expect(DatabaseConnectionUtilization).toBeGreaterThanOrEqual(15);
        expect(DatabaseQueueWait).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 20 },
    );
    await bench.query(
      'admin',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`,
    );
    expect(await holder).toContain('terminating connection');
    await waiter;
    await vi.waitFor(
      async () =>
        expect(await look()).toMatchObject({ DatabaseConnectionUtilization: 5, DatabaseQueueWait: 0 }),
      10_000,
    );
  });

  it('passes on the peaks that a gate has recorded, and looks on where they cannot be read', async () => {
    const peak = {
      schemaVersion: 1,
      requestsPerSecond: 42.5,
      runId: 'r',
      configurationHash: 'h',
      provenAt: 't',
    };
    peaks = { orders: JSON.stringify(peak) };
    const tick = await newEnvironment();
    const { emf } = await tick(firstTick);
    expect(emf).toContainEqual(expect.objectContaining({ System: 'qa-orders', ProvenPeak: 42.5 }));
    peaks = { orders: '42' };
    const { emf: without, fleet, logs } = await tick(secondTick);
    expect(without.some((line) => 'ProvenPeak' in line)).toBe(false);
    expect(fleet).toMatchObject([{ DatabasesAnswered: 1 }]);
    expect(logs).toMatchObject([{ level: 'ERROR', message: expect.stringContaining('/headroom-proven/') }]);
  });

  it('reads the peaks of another account as the role that it is told, and nothing else', async () => {
    vi.stubEnv('PROVEN_BY_ROLE_ARN', 'arn:aws:iam::222233334444:role/rehearsed-fleet-evidence-reader');
    const assumed: unknown[] = [];
    bench.aws.actions.set('AssumeRole', ({ RoleArn, RoleSessionName }) => {
      assumed.push([RoleArn, RoleSessionName]);
      return assumedAs('ASIAREADER');
    });
    const asked: [unknown, string][] = [];
    const read = bench.aws.actions.get('GetParametersByPath')!;
    bench.aws.actions.set('GetParametersByPath', (input, caller) => {
      asked.push([input['Path'], caller]);
      return read(input, caller);
    });
    peaks = {
      orders: JSON.stringify({
        schemaVersion: 1,
        requestsPerSecond: 42.5,
        runId: 'r',
        configurationHash: 'h',
        provenAt: 't',
      }),
    };
    const tick = await newEnvironment();
    expect((await tick(firstTick)).emf).toContainEqual(expect.objectContaining({ ProvenPeak: 42.5 }));
    await tick(secondTick);
    // The credentials are kept until they end.
    expect(assumed).toEqual([
      ['arn:aws:iam::222233334444:role/rehearsed-fleet-evidence-reader', 'headroom-qa-probe'],
    ]);
    expect(asked).toContainEqual(['/headroom-proven/rehearsed/', 'ASIAREADER']);
    expect(asked).toContainEqual(['/headroom/qa/', 'AKIATEST']);
    expect(asked).not.toContainEqual(['/headroom-proven/rehearsed/', 'AKIATEST']);
  });

  it('looks on where it may not read the peaks of another account, and says so', async () => {
    vi.stubEnv('PROVEN_BY_ROLE_ARN', 'arn:aws:iam::222233334444:role/rehearsed-fleet-evidence-reader');
    bench.aws.actions.set('AssumeRole', () => {
      throw new AwsFault('AccessDenied', 'not authorized to perform: sts:AssumeRole');
    });
    const tick = await newEnvironment();
    const { fleet, logs } = await tick(firstTick);
    expect(fleet).toMatchObject([{ DatabasesAnswered: 1 }]);
    expect(logs).toMatchObject([{ level: 'ERROR', message: expect.stringContaining('sts:AssumeRole') }]);
  });

  it('leaves out a system that does not answer, and says so', async () => {
    systems = ['broken', 'orders', 'returns'];
    const tick = await newEnvironment();
    const { emf, fleet, logs } = await tick(firstTick);
    expect(emf.map(({ System }) => System)).toEqual(['qa-orders']);
    expect(fleet).toMatchObject([{ DatabasesAnswered: 1 }]);
    expect(logs).toMatchObject([
      { level: 'ERROR', system: 'broken', message: expect.stringContaining('/headroom/qa/broken: not JSON') },
      { level: 'ERROR', stage: 'qa', system: 'returns', errorCode: 'statementFailed' },
    ]);
  });

  it('tells a refusal of the Data API from an answer of the database', async () => {
    bench.aws.actions.set('ExecuteStatement', () => {
      throw new AwsFault('ValidationException', 'Redshift endpoint doesn’t exist in this region.');
    });
    const tick = await newEnvironment();
    const { emf, logs } = await tick(firstTick);
    expect(emf).toEqual([]);
    expect(logs).toMatchObject([{ system: 'orders', errorCode: 'databaseUnreachable' }]);
  });

  it('fails as a whole when it cannot know its systems', async () => {
    systems = [];
    const tick = await newEnvironment();
    await expect(tick(firstTick)).rejects.toThrow('no system is published under /headroom/qa/');
  });

  it('refuses to start without its stage', async () => {
    vi.stubEnv('HEADROOM_STAGE', '');
    await expect(newEnvironment()).rejects.toThrow('HEADROOM_STAGE: missing');
  });
});
