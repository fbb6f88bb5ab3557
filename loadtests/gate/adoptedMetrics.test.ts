import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { readWindow } from '../../monitoring/comparison/readWindow.ts';
import { signalsOf } from '../../monitoring/signals.ts';
import { adoptedSystem } from '../../monitoring/testing/adoptedAlarms.ts';
import { metricKey } from './judge.ts';
import { readMetrics } from './readMetrics.ts';

const periodMs = 60_000;
const startMs = Math.floor(Date.now() / periodMs) * periodMs - 10 * periodMs;
const startsMs = [startMs, startMs + periodMs];

let endpoint: TestEndpoint;
let client: CloudWatchClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  client = new CloudWatchClient(endpoint.clientConfig);
  const put = (namespace: string, name: string, dimensions: Record<string, string>, values: number[]): void =>
    values.forEach((value, period) =>
      endpoint.state.metrics.put({
        namespace,
        name,
        dimensions,
        timestampMs: startMs + period * periodMs,
        value,
      }),
    );
  const ofApi = { ApiName: 'clients' };
  put('AWS/ApiGateway', '4XXError', ofApi, [0.25, 0]);
  put('AWS/ApiGateway', '5XXError', ofApi, [0.5, 0.125]);
  put('AWS/ApiGateway', 'Count', ofApi, [40, 80]);
  put('Headroom', 'LoggedErrors-prod-legacy', {}, [10, 20]);
  put('AWS/RDS', 'FreeableMemory', { DBInstanceIdentifier: 'clients-db' }, [6 * 1_024 ** 3, 2 * 1_024 ** 3]);
});
afterAll(async () => {
  client?.destroy();
  await endpoint?.close();
});

const systemWith = (errors: object) =>
  adoptedSystem({
    apiUrl: 'https://clients.example',
    apiName: 'clients',
    logGroups: { api: '/clients' },
    errors,
    database: { engine: 'rds-postgresql', identifier: 'clients-db', memoryMiB: 8_192 },
  });

it.each([
  [{ metric: '5XXError' }, [0.5, 0.125]],
  [{ metric: '4XXError' }, [0.75, 0.125]],
  [{ logPattern: 'ERROR' }, [0.25, 0.25]],
])('reads the share of failed answers by %j as CloudWatch answers it', async (errors, shares) => {
  const system = systemWith(errors);
  const { metrics } = await readMetrics(client, [system], { startsMs, periodSeconds: 60 });
  const valuesOf = (id: string) => startsMs.map((at) => metrics.get(metricKey('legacy', id))?.get(at));
  expect(valuesOf('errorRate')).toEqual(shares);
  expect(valuesOf('databaseMemory')).toEqual([6 * 1_024 ** 3, 2 * 1_024 ** 3]);
  const { errorRate, databaseMemory } = signalsOf(system, 60);
  const wanted = [errorRate!, databaseMemory!].map((measurement) => ({ system: 'legacy', measurement }));
  const readings = await readWindow(client, wanted, { startMs, endMs: startMs + 2 * periodMs });
  // The window's means: of eight GiB four are used.
  expect(readings.map(({ value }) => value)).toEqual([(100 * (shares[0]! + shares[1]!)) / 2, 50]);
});
