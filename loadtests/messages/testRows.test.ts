import { Client } from 'pg';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PostgresServer } from '../../local/postgres/server.ts';
import { startTestPostgres } from '../../local/postgres/testing/testPostgres.ts';
import { SystemBench } from '../../service/testing/systemBench.ts';
import { limits } from '../../monitoring/limits.ts';
import { serviceSchema } from '../../fleet/serviceSchema.ts';
import { contract } from '../../service/contract.ts';
import { migrate } from '../../service/redshift/migrate.ts';
import { countTestIds, removeTestRows } from './testRows.ts';

let server: PostgresServer;
let bench: SystemBench;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  bench = await SystemBench.create(server);
  await migrate(bench.migration);
  return () => bench.aws.stop();
});

const { first, end } = limits.testIds;
const service = serviceSchema.parse(contract);
const [rows = '', versions = ''] = service.rows.map(({ table }) => table);

async function store(schema: string, ...ids: number[]): Promise<void> {
  for (const id of ids) {
    await bench.query('admin', `INSERT INTO ${schema}.${rows} VALUES ($1, 'n', 'a', 'r', 'c')`, [id]);
    await bench.query('admin', `INSERT INTO ${schema}.${versions} VALUES ($1, 1, 'h')`, [id]);
  }
}

/** Ids of both tables, the test client of the migrations left out. */
async function stored(schema = 'public'): Promise<[clients: number[], versions: number[]]> {
  const idsOf = async (table: string): Promise<number[]> =>
    (await bench.query('admin', `SELECT id FROM ${schema}.${table} WHERE id > 1 ORDER BY id`)).map(({ id }) =>
      Number(id),
    );
  return [await idsOf(rows), await idsOf(versions)];
}

it('removes the clients of a block with their versions, and none beside it', async () => {
  const others = [2, first - 1, first, first + 9, first + 20, end - 1, end];
  await store('public', ...others, first + 10, first + 10, first + 19);
  const block = { first: first + 10, end: first + 20 };
  expect(await countTestIds(bench.dataApi, service, block)).toBe(2);
  await removeTestRows(bench.dataApi, service, block);
  await removeTestRows(bench.dataApi, service, block);
  expect(await stored()).toEqual([others, others]);
  expect(await countTestIds(bench.dataApi, service, block)).toBe(0);
});

it('touches no real client, though it is asked for all of the tests', async () => {
  await store('public', 2, first - 1, first, end - 1, end);
  await removeTestRows(bench.dataApi, service, { first, end });
  const real = [2, first - 1, end];
  expect(await stored()).toEqual([real, real]);
});

it("removes those of a run's schema, and leaves the same ids of the database's own", async () => {
  await migrate({ ...bench.migration, cluster: { ...bench.migration.cluster, schema: 'run-1' } });
  await store('"run-1"', first);
  await store('public', first);
  const block = { first, end: first + 1, schema: 'run-1' };
  expect(await countTestIds(bench.dataApi, service, block)).toBe(1);
  await removeTestRows(bench.dataApi, service, block);
  expect(await stored('"run-1"')).toEqual([[], []]);
  expect(await stored()).toEqual([[first], [first]]);
});

it('refuses ids that are not all set apart for tests, before anything is asked', async () => {
  let calls = 0;
  const counting = {
    ...bench.dataApi,
    client: { send: () => (calls += 1) },
  } as unknown as typeof bench.dataApi;
  const outside = fc
    .record({ first: fc.maxSafeInteger(), end: fc.maxSafeInteger() })
    .filter((block) => block.first < first || block.end > end);
  const inexact = fc.constantFrom(
    { first: Number.NaN, end },
    { first, end: Number.POSITIVE_INFINITY },
    { first: first + 0.5, end },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(outside, inexact), async (block) => {
      await expect(removeTestRows(counting, service, block)).rejects.toThrow(RangeError);
      await expect(countTestIds(counting, service, block)).rejects.toThrow(RangeError);
    }),
  );
  expect(calls).toBe(0);
});

it('waits for a batch that is being written, and removes what it stores', async () => {
  const { username, password } = bench.secrets.get('subscriber')!;
  const { host, port } = server;
  const subscriber = new Client({ host, port, database: bench.database, user: username, password });
  await subscriber.connect();
  await subscriber.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await subscriber.query(`LOCK TABLE ${service.lock}`);
  await subscriber.query(`INSERT INTO ${rows} VALUES (${first}, 'n', 'a', 'r', 'c')`);
  const removed = removeTestRows(bench.dataApi, service, { first, end });
  for (;;) {
    const waiting = await bench.query(
      'admin',
      `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${service.lock}'::regclass`,
    );
    if (waiting.length > 0) break;
  }
  await subscriber.query('COMMIT');
  await subscriber.end();
  await removed;
  expect(await stored()).toEqual([[], []]);
});
