import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  ListTablesCommand,
  type ListTablesCommandInput,
  RedshiftDataClient,
  type DescribeStatementCommandOutput,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PostgresServer } from '../../postgres/server.ts';
import { startTestPostgres } from '../../postgres/testing/testPostgres.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let postgres: PostgresServer;
let endpoint: TestEndpoint;
let client: RedshiftDataClient;
let target: { ClusterIdentifier: string; Database: string; SecretArn: string };

beforeAll(async () => {
  postgres = await startTestPostgres(20);
  await postgres.createDatabase('system_01', { connectionLimit: 10 });
  endpoint = await startTestEndpoint();
  client = new RedshiftDataClient(endpoint.clientConfig);
  const { host, port, adminUser, adminPassword } = postgres;
  endpoint.state.clusters.add('local-system-01-items', { host, port, database: 'system_01' });
  const { arn } = endpoint.state.secrets.put(
    'admin',
    JSON.stringify({ username: adminUser, password: adminPassword }),
    { nowMs: 0 },
  );
  target = { ClusterIdentifier: 'local-system-01-items', Database: 'system_01', SecretArn: arn };
});
afterAll(async () => {
  client?.destroy();
  await endpoint?.close();
  await postgres?.stop();
});

const execute = async (Sql: string, change: object = {}): Promise<string> =>
  (await client.send(new ExecuteStatementCommand({ ...target, Sql, ...change }))).Id ?? '';

/** The statement once it has ended. */
const ended = (Id: string): Promise<DescribeStatementCommandOutput> =>
  vi.waitFor(
    async () => {
      const statement = await client.send(new DescribeStatementCommand({ Id }));
      expect(['FINISHED', 'FAILED', 'ABORTED']).toContain(statement.Status);
      return statement;
    },
    { timeout: 10_000, interval: 20 },
  );

const rows = async (Sql: string, change: object = {}) => {
  const Id = await execute(Sql, change);
  expect(await ended(Id)).toMatchObject({ Status: 'FINISHED' });
  return client.send(new GetStatementResultCommand({ Id }));
};

describe('Redshift Data', () => {
  it('runs a statement after it has answered, and gives typed fields', async () => {
    const { Records, ColumnMetadata, TotalNumRows } = await rows(
      `SELECT 1 AS uno, 2.5::float8 AS f, 1.25::numeric AS n, true AS b, 'x'::varchar AS t, NULL::int AS nada,
              DATE '2026-11-03' AS d`,
    );
    expect(Records).toEqual([
      [
        { longValue: 1 },
        { doubleValue: 2.5 },
        { stringValue: '1.25' },
        { booleanValue: true },
        { stringValue: 'x' },
        { isNull: true },
        { stringValue: '2026-11-03' },
      ],
    ]);
    expect(TotalNumRows).toBe(1);
    expect(ColumnMetadata?.map(({ name, typeName }) => `${name}:${typeName}`)).toEqual([
      'uno:int4',
      'f:float8',
      'n:numeric',
      'b:bool',
      't:varchar',
      'nada:int4',
      'd:date',
    ]);
  });

  it('binds named parameters', async () => {
    const { Records } = await rows('SELECT :a::int + 1 AS n, :b AS t', {
      Parameters: [
        { name: 'a', value: '41' },
        { name: 'b', value: "'; DROP TABLE items; --" },
      ],
    });
    expect(Records).toEqual([[{ longValue: 42 }, { stringValue: "'; DROP TABLE items; --" }]]);
  });

  it('fails with the database’s words', async () => {
    expect(await ended(await execute('SELECT * FROM nowhere'))).toMatchObject({
      Status: 'FAILED',
      Error: 'ERROR: relation "nowhere" does not exist',
      HasResultSet: false,
    });
    expect(await ended(await execute('SELECT 1; SELECT 2'))).toMatchObject({ Status: 'FAILED' });
  });

  it('runs a batch in one transaction: all of it or nothing', async () => {
    await ended(await execute('CREATE TABLE batch (id int)'));
    const run = async (Sqls: string[]) => {
      const { Id = '' } = await client.send(new BatchExecuteStatementCommand({ ...target, Sqls }));
      return ended(Id);
    };
    const good = await run(['INSERT INTO batch VALUES (1), (2)', 'SELECT count(*) AS n FROM batch']);
    expect(good.Status).toBe('FINISHED');
    expect(good.SubStatements).toMatchObject([
      { Id: `${good.Id}:1`, Status: 'FINISHED', ResultRows: 2, HasResultSet: false },
      { Id: `${good.Id}:2`, Status: 'FINISHED', HasResultSet: true },
    ]);
    const result = await client.send(new GetStatementResultCommand({ Id: `${good.Id}:2` }));
    expect(result.Records).toEqual([[{ longValue: 2 }]]);
    const bad = await run(['INSERT INTO batch VALUES (3)', 'SELECT 1 / 0', 'SELECT 1']);
    expect(bad).toMatchObject({ Status: 'FAILED', Error: 'ERROR: division by zero' });
    expect(bad.SubStatements?.map((part) => part.Status)).toEqual(['FINISHED', 'FAILED', 'ABORTED']);
    expect((await rows('SELECT count(*) FROM batch')).Records).toEqual([[{ longValue: 2 }]]);
  });

  it('cancels a statement that runs', async () => {
    const Id = await execute('SELECT pg_sleep(60)');
    await vi.waitFor(async () => {
      expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Status: 'STARTED' });
    });
    expect(await client.send(new CancelStatementCommand({ Id }))).toMatchObject({ Status: true });
    expect(await ended(Id)).toMatchObject({ Status: 'ABORTED' });
    await expect(client.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('survives a session that is ended from outside', async () => {
    const Id = await execute('SELECT pg_sleep(60)');
    const pid = await vi.waitFor(async () => {
      const statement = await client.send(new DescribeStatementCommand({ Id }));
      expect(statement.RedshiftPid).toBeGreaterThan(0);
      return statement.RedshiftPid;
    });
    await rows(`SELECT pg_terminate_backend(${pid})`);
    expect(await ended(Id)).toMatchObject({ Status: 'FAILED' });
  });

  it('aborts a statement that somebody cancels in the database, and one cancelled before it began', async () => {
    const Id = await execute('SELECT pg_sleep(60)');
    const pid = await vi.waitFor(async () => {
      const { Status, RedshiftPid } = await client.send(new DescribeStatementCommand({ Id }));
      expect(Status).toBe('STARTED');
      return RedshiftPid;
    });
    await rows(`SELECT pg_cancel_backend(${pid})`);
    expect(await ended(Id)).toMatchObject({ Status: 'ABORTED' });

    const { statements } = endpoint.state;
    const { id } = statements.submit({
      clusterIdentifier: target.ClusterIdentifier,
      secretArn: target.SecretArn,
      sqls: ['SELECT pg_sleep(60)'],
      isBatch: false,
      parameters: [],
    });
    await statements.cancel(id);
    expect(await ended(id)).toMatchObject({ Status: 'ABORTED' });
  });

  it('tells how long a statement took, in nanoseconds, and ends its session', async () => {
    const Id = await execute('SELECT pg_sleep(0.1)');
    const { Duration = 0, CreatedAt, UpdatedAt } = await ended(Id);
    expect(Duration).toBeGreaterThanOrEqual(100 * 1e6);
    expect(Duration).toBe(((UpdatedAt?.getTime() ?? 0) - (CreatedAt?.getTime() ?? 0)) * 1e6);
    await vi.waitFor(async () => {
      const { Records } = await rows(
        `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'redshift-data-api'`,
      );
      // The one that asks.
      expect(Records).toEqual([[{ longValue: 1 }]]);
    });
  });

  it('pages a long result', async () => {
    const Id = await execute('SELECT generate_series(1, 2500) AS n');
    await ended(Id);
    let NextToken: string | undefined;
    let total = 0;
    do {
      const page = await client.send(new GetStatementResultCommand({ Id, NextToken }));
      total += page.Records?.length ?? 0;
      NextToken = page.NextToken;
    } while (NextToken);
    expect(total).toBe(2500);
  });

  it('runs nothing twice for one client token', async () => {
    const ClientToken = 'one-token';
    const first = await execute('SELECT 1', { ClientToken, StatementName: 'once' });
    expect(await execute('SELECT 1', { ClientToken, StatementName: 'once' })).toBe(first);
    const { Statements } = await client.send(new ListStatementsCommand({ StatementName: 'once' }));
    expect(Statements?.map((statement) => statement.Id)).toEqual([first]);
  });

  it('takes requests without a token for different ones', () => {
    const request = {
      clusterIdentifier: target.ClusterIdentifier,
      secretArn: target.SecretArn,
      sqls: ['SELECT 1'],
      isBatch: false,
      parameters: [],
    };
    const [first, second] = [1, 2].map(() => endpoint.state.statements.submit(request).id);
    expect(first).not.toBe(second);
  });

  it('keeps a thousand statements, and never forgets one that runs', async () => {
    const { clusters, statements } = endpoint.state;
    // Nobody listens there: these end at once.
    clusters.add('gone', { host: '127.0.0.1', port: 1, database: 'system_01' });
    const running = await execute('SELECT pg_sleep(60)');
    const submit = (): string =>
      statements.submit({
        clusterIdentifier: 'gone',
        secretArn: target.SecretArn,
        sqls: ['SELECT 1'],
        isBatch: false,
        parameters: [],
      }).id;
    const ids = Array.from({ length: 1_000 }, submit);
    await vi.waitFor(
      () => expect(new Set(ids.map((id) => statements.get(id).status))).toEqual(new Set(['FAILED'])),
      { timeout: 10_000 },
    );
    submit();
    submit();
    expect(() => statements.get(ids[0] ?? '')).toThrow('does not exist');
    expect(statements.get(ids.at(-1) ?? '').status).toBe('FAILED');
    await statements.cancel(running);
    expect(await ended(running)).toMatchObject({ Status: 'ABORTED' });
  });

  it('lists statements by name and status, newest first', async () => {
    const StatementName = 'listed';
    const good = await execute('SELECT 1', { StatementName });
    const bad = await execute('SELECT * FROM nowhere', { StatementName });
    await Promise.all([good, bad].map(ended));
    const list = async (filter: object) =>
      ((await client.send(new ListStatementsCommand({ StatementName, ...filter }))).Statements ?? []).map(
        ({ Id }) => Id,
      );
    expect(await list({})).toEqual([bad, good]);
    expect(await list({ Status: 'FAILED' })).toEqual([bad]);
    expect(await list({ Status: 'FINISHED', Database: 'system_01' })).toEqual([good]);
    expect(await list({ ClusterIdentifier: 'another' })).toEqual([]);
  });

  it.each<[string, object]>([
    ['cluster none not found', { ClusterIdentifier: 'none' }],
    ['Database "other" does not exist', { Database: 'other' }],
    ["can't find the specified secret", { SecretArn: 'none' }],
    ['no serverless workgroups', { ClusterIdentifier: undefined }],
    ['DbUser: not supported', { DbUser: 'admin' }],
  ])('refuses what it cannot run: %s', async (problem, change) => {
    await expect(execute('SELECT 1', change)).rejects.toThrow(problem);
  });

  it('says when there is no result to give', async () => {
    const Id = await execute('CREATE TABLE without_result (id int)');
    expect(await ended(Id)).toMatchObject({ Status: 'FINISHED', HasResultSet: false, ResultRows: -1 });
    await expect(client.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(client.send(new DescribeStatementCommand({ Id: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('lists tables by patterns of schema and name, page by page', async () => {
    for (const sql of [
      'CREATE SCHEMA listed',
      'CREATE TABLE listed.orders (id int)',
      'CREATE TABLE listed.lines (id int)',
      'CREATE VIEW listed.open AS SELECT * FROM listed.orders',
    ]) {
      await ended(await execute(sql));
    }
    const list = (change: Partial<ListTablesCommandInput> = {}) =>
      client.send(new ListTablesCommand({ ...target, SchemaPattern: 'listed', ...change }));
    expect((await list()).Tables).toEqual([
      { schema: 'listed', name: 'lines', type: 'TABLE' },
      { schema: 'listed', name: 'open', type: 'VIEW' },
      { schema: 'listed', name: 'orders', type: 'TABLE' },
    ]);
    expect((await list({ TablePattern: 'o%s' })).Tables?.map(({ name }) => name)).toEqual(['orders']);
    const first = await list({ MaxResults: 2 });
    expect((await list({ NextToken: first.NextToken })).Tables?.map(({ name }) => name)).toEqual(['orders']);
    await expect(list({ Database: 'other' })).rejects.toMatchObject({ name: 'ValidationException' });
    const { arn } = endpoint.state.secrets.put('nobody', '{"username":"nobody","password":"x"}', {
      nowMs: 0,
    });
    await expect(list({ SecretArn: arn })).rejects.toMatchObject({ name: 'DatabaseConnectionException' });
  });
});
