import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { runSql } from '../../service/redshift/dataApi.ts';
import { SystemBench } from '../../service/testing/systemBench.ts';
import { lookIn, type Look, type ProbeDialect } from './look.ts';
import { postgresqlDialect } from './postgresqlDialect.ts';
import { redshiftDialect } from './redshiftDialect.ts';
import { redshiftViews } from './testing/redshiftViews.ts';

let server: PostgresServer;
let bench: SystemBench;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  bench = await SystemBench.create(server);
  return () => bench.aws.stop();
});

interface Implementation {
  name: string;
  dialect: ProbeDialect;
  /** Makes the database one of this kind. */
  prepare: () => Promise<unknown>;
  /** Lets so many SELECTs run, by users and to their end. */
  select: (count: number) => Promise<unknown>;
}

const implementations: Implementation[] = [
  {
    name: 'PostgreSQL',
    dialect: postgresqlDialect,
    prepare: async () => undefined,
    select: async (count) => {
      for (let each = 0; each < count; each += 1) await bench.query('admin', 'SELECT 1');
    },
  },
  {
    name: 'Redshift’s views on PostgreSQL',
    dialect: redshiftDialect,
    prepare: () => bench.query('admin', redshiftViews("clock_timestamp() AT TIME ZONE 'UTC'")),
    select: (count) =>
      bench.query(
        'admin',
        "INSERT INTO sys_query_history SELECT 100, n, 'SELECT', getdate() FROM generate_series(1, $1) AS n",
        [count],
      ),
  },
];

describe.each(implementations)('the probe’s contract, on $name', ({ dialect, prepare, select }) => {
  beforeEach(() => prepare());

  const rows = (sinceSeconds: number) =>
    runSql(bench.dataApi, dialect.sql, dialect.parameters({ memoryMiB: 32_768, sinceSeconds }));
  const look = async (sinceSeconds = Date.now() / 1_000 - 60): Promise<Look> =>
    lookIn((await rows(sinceSeconds))[0]!);

  it('is one statement with one row of five columns', async () => {
    const found = await rows(Date.now() / 1_000 - 60);
    expect(found.map((row) => Object.keys(row).sort())).toEqual([
      ['at_seconds', 'connections', 'memory_percent', 'queue_wait_ms', 'selects'],
    ]);
  });

  it('gives shares as percent, waits as milliseconds, and the database’s own time', async () => {
    const { memoryPercent, connections, queueWaitMs, atSeconds } = await look();
    expect(memoryPercent).toBeGreaterThanOrEqual(0);
    expect(memoryPercent).toBeLessThanOrEqual(100);
    expect(connections).toBeGreaterThanOrEqual(0);
    expect(queueWaitMs).toBe(0);
    expect(Math.abs(atSeconds - Date.now() / 1_000)).toBeLessThan(5);
  });

  it('gives SELECTs a second from two looks, each of which begins where the last one ended', async () => {
    const first = await look();
    await select(40);
    // PostgreSQL’s backends report what they counted once a second.
    await vi.waitFor(
      async () => {
        const second = await look(first.atSeconds);
        const seconds = second.atSeconds - first.atSeconds;
        expect(dialect.selectsPerSecond(first, second)! * seconds).toBeGreaterThanOrEqual(40);
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  it('tells no rate where the database told no count, or no time has passed', async () => {
    const now = await look();
    const later = { ...now, atSeconds: now.atSeconds + 10 };
    expect(dialect.selectsPerSecond(now, { ...later, selects: null })).toBeNull();
    expect(dialect.selectsPerSecond(later, later)).toBeNull();
    expect(dialect.selectsPerSecond(later, now)).toBeNull();
    expect(dialect.selectsPerSecond({ ...now, selects: 0 }, { ...later, selects: 0 })).toBe(0);
  });
});
