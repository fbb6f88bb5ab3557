import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresServer } from '../../postgres/server.ts';
import { startTestPostgres } from '../../postgres/testing/testPostgres.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let postgres: PostgresServer;
let endpoint: TestEndpoint;
let client: RDSDataClient;
let target: { resourceArn: string; secretArn: string };

beforeAll(async () => {
  postgres = await startTestPostgres(20);
  await postgres.createDatabase('orders', { connectionLimit: 10 });
  endpoint = await startTestEndpoint();
  client = new RDSDataClient(endpoint.clientConfig);
  const { host, port, adminUser: username, adminPassword: password } = postgres;
  endpoint.state.clusters.add('orders-aurora', { host, port, database: 'orders' });
  const { arn } = endpoint.state.secrets.put('admin', JSON.stringify({ username, password }), { nowMs: 0 });
  target = { resourceArn: 'arn:aws:rds:us-east-1:000000000000:cluster:orders-aurora', secretArn: arn };
});
afterAll(async () => {
  client?.destroy();
  await endpoint?.close();
  await postgres?.stop();
});

const execute = (sql: string, change: object = {}) =>
  client.send(new ExecuteStatementCommand({ ...target, sql, ...change }));

describe('RDS Data', () => {
  it('answers with the rows, and with the columns where they are asked for', async () => {
    const sql =
      "SELECT 1 AS one, 2.5::float8 AS half, 1.25::numeric AS exact, 'x' AS text, NULL::int AS none";
    const { records, columnMetadata } = await execute(sql, { includeResultMetadata: true });
    expect(records).toEqual([
      [
        { longValue: 1 },
        { doubleValue: 2.5 },
        { stringValue: '1.25' },
        { stringValue: 'x' },
        { isNull: true },
      ],
    ]);
    expect(columnMetadata?.map(({ name }) => name)).toEqual(['one', 'half', 'exact', 'text', 'none']);
    expect((await execute('SELECT 1')).columnMetadata).toBeUndefined();
  });

  it('counts what was written', async () => {
    await execute('CREATE TABLE orders (id int)');
    expect(await execute('INSERT INTO orders SELECT generate_series(1, 3)')).toMatchObject({
      numberOfRecordsUpdated: 3,
    });
  });

  it.each([
    ['SELECT * FROM nowhere', {}, 'DatabaseErrorException', 'relation "nowhere" does not exist'],
    ['SELECT 1; SELECT 2', {}, 'DatabaseErrorException', 'multiple commands'],
    ['SELECT 1', { database: 'other' }, 'ValidationException', 'expected "orders"'],
    ['SELECT 1', { resourceArn: 'orders' }, 'BadRequestException', 'expected the ARN of a cluster'],
    ['SELECT 1', { formatRecordsAs: 'JSON' }, 'BadRequestException', 'formatRecordsAs: not supported'],
  ])('refuses %s with %j by name: %s', async (sql, change, name, message) => {
    await expect(execute(sql, change)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});
