import type { APIGatewayProxyEvent } from 'aws-lambda';
import { Client } from 'pg';
import { systemClock } from '../../core/clock.ts';
import { residentBytes } from '../env.ts';
import { createApiHandler } from '../handlers/apiHandler.ts';
import type { Database } from '../redshift/database.ts';
import { selectClient } from '../redshift/sql.ts';
import { createTelemetry } from '../telemetry.ts';
import { databaseOf, withDatabase, type Target } from './database.ts';
import { assignment, compare, measured, perSecond } from './sideBySide.ts';
import { routes } from '../handlers/routes.ts';

/*
 * One execution environment asked for a client, one request after another: the bare query on an open
 * connection, prepared once as the handler's is and anew each time, the handler, and the handler on a new
 * connection for each request.
 */

const durationMs = 2_000;
const telemetry = createTelemetry({
  stage: 'bench',
  system: 'system-01',
  role: 'api',
  memoryMiB: 256,
  periodSeconds: 60,
  usedBytes: residentBytes,
  clock: systemClock,
  random: Math.random,
});
const event = {
  httpMethod: 'GET',
  resource: '/getClient',
  multiValueQueryStringParameters: { client_id: ['1'] },
  requestContext: { requestId: '8b1f4d52-7c0e-4f3a-9a55-0d2c7c1c9e0b' },
} as unknown as APIGatewayProxyEvent;

async function bareQuery(target: Target, named: { name?: string }): Promise<number> {
  const { username: user, password } = target.credentials.api;
  const client = new Client({ ...target, database: target.name, user, password });
  await client.connect();
  const rate = await perSecond(durationMs, () => client.query({ ...named, text: selectClient, values: [1] }));
  await client.end();
  return rate;
}

async function handled(database: Database, after: () => void): Promise<number> {
  const handler = createApiHandler({ database, telemetry }, routes);
  const rate = await perSecond(durationMs, async () => {
    const { statusCode } = await handler(event);
    if (statusCode !== 200) throw new Error(`expected 200, got ${statusCode}`);
    after();
  });
  database.close();
  return rate;
}

const variants: Record<string, (target: Target) => Promise<number>> = {
  'bare query, prepared': (target) => bareQuery(target, { name: 'client' }),
  'bare query': (target) => bareQuery(target, {}),
  handler: (target) => handled(databaseOf(target, 'api'), () => {}),
  'connection a request': (target) => {
    const database = databaseOf(target, 'api');
    return handled(database, () => database.close());
  },
};

const assigned = assignment();
if (assigned) measured(await variants[assigned.variant]!(assigned.input as Target));
else {
  await withDatabase((target) =>
    compare({
      title: 'getClient',
      script: import.meta.url,
      variants: Object.keys(variants),
      unit: 'requests a second',
      input: target,
    }),
  );
}
