import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { runSql } from '../../service/redshift/dataApi.ts';
import { SystemBench } from '../../service/testing/systemBench.ts';
import { lookIn, type Look } from './look.ts';
import { redshiftDialect } from './redshiftDialect.ts';
import { redshiftViews } from './testing/redshiftViews.ts';

// What the statement computes is tested here; that Redshift takes it is not.
const sinceSeconds = Date.UTC(2026, 0, 5, 12, 0, 0) / 1_000;
const memoryMiB = 1_000;

let server: PostgresServer;
let bench: SystemBench;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  bench = await SystemBench.create(server);
  await bench.query('admin', redshiftViews("timestamp '2026-01-05 12:01:00'"));
  return () => bench.aws.stop();
});

const at = (seconds: number): string =>
  new Date((sinceSeconds + seconds) * 1_000).toISOString().replace('T', ' ').replace('Z', '');

interface Step {
  stream?: number;
  mib: number;
  spilled?: boolean;
}

/** A finished query, by seconds since the last look. */
async function ran(query: number, start: number, end: number, steps: Step[], userId = 100): Promise<void> {
  await bench.query('admin', 'INSERT INTO stl_query VALUES ($1, $2, $3, $4)', [
    userId,
    query,
    at(start),
    at(end),
  ]);
  for (const [index, { stream = 0, mib, spilled = false }] of steps.entries()) {
    await bench.query('admin', 'INSERT INTO svl_query_summary VALUES ($1, $2, $3, 0, $4, $5, $6)', [
      userId,
      query,
      stream,
      index,
      mib * 1_048_576,
      spilled ? 't' : 'f',
    ]);
  }
}

const look = async (): Promise<Look> => {
  const [row] = await runSql(
    bench.dataApi,
    redshiftDialect.sql,
    redshiftDialect.parameters({ memoryMiB, sinceSeconds }),
  );
  return lookIn(row!);
};

describe("the probe's statement for Redshift", () => {
  it('finds nothing in use when nothing ran', async () => {
    expect(await look()).toEqual({
      memoryPercent: 0,
      selects: 0,
      connections: 0,
      queueWaitMs: 0,
      atSeconds: sinceSeconds + 60,
    });
  });

  it('adds up the queries that ran at the same moment', async () => {
    await ran(1, 0, 10, [{ mib: 100 }]);
    await ran(2, 5, 15, [{ mib: 200 }]);
    // Begins when the first has just ended.
    await ran(3, 10, 20, [{ mib: 150 }]);
    expect((await look()).memoryPercent).toBeCloseTo(35);
  });

  it('takes the steps of a stream together and the largest stream of a query', async () => {
    await ran(1, 0, 10, [{ mib: 100 }, { mib: 50 }, { stream: 1, mib: 120 }]);
    expect((await look()).memoryPercent).toBeCloseTo(15);
  });

  it('is 100 when a query spilled, and never more', async () => {
    await ran(1, 0, 10, [{ mib: 10 }, { mib: 10, spilled: true }]);
    expect((await look()).memoryPercent).toBe(100);
    await ran(2, 0, 10, [{ mib: 5_000 }]);
    expect((await look()).memoryPercent).toBe(100);
  });

  it("leaves out what finished before the last look, and the system's own", async () => {
    await ran(1, -20, -1, [{ mib: 900, spilled: true }]);
    await ran(2, 0, 10, [{ mib: 900 }], 1);
    await ran(3, -20, 5, [{ mib: 100 }]);
    expect((await look()).memoryPercent).toBeCloseTo(10);
  });

  it('counts the SELECTs that finished since the last look', async () => {
    await bench.query(
      'admin',
      'INSERT INTO sys_query_history SELECT 100, n, $1, $2 FROM generate_series(1, 90) AS n',
      ['SELECT', at(30)],
    );
    await bench.query(
      'admin',
      "INSERT INTO sys_query_history VALUES (100, 91, 'INSERT', $1), (1, 92, 'SELECT', $1)",
      [at(30)],
    );
    await bench.query('admin', "INSERT INTO sys_query_history VALUES (100, 93, 'SELECT', $1)", [at(-1)]);
    const current = await look();
    expect(current.selects).toBe(90);
    const previous = { ...current, selects: 7, atSeconds: sinceSeconds };
    expect(redshiftDialect.selectsPerSecond(previous, current)).toBeCloseTo(1.5);
  });

  it('counts the sessions of everybody but Redshift itself', async () => {
    await bench.query(
      'admin',
      "INSERT INTO stv_sessions VALUES ('rdsdb'), ('orders_api'), ('orders_api'), ('ana')",
    );
    expect((await look()).connections).toBe(3);
  });

  it('finds the longest wait in a queue since the last look, in milliseconds', async () => {
    await bench.query(
      'admin',
      "INSERT INTO sys_query_history VALUES (100, 1, 'SELECT', $1, 1500), (100, 2, 'INSERT', $1, 40000), (100, 3, 'SELECT', $2, 900000)",
      [at(30), at(-1)],
    );
    expect((await look()).queueWaitMs).toBe(40);
  });
});
