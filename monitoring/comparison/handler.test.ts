import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { publishedSystem } from '../../fleet/names.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { captureOutput } from '../../service/testing/emitted.ts';
import { toMetricUnit } from '../signals.ts';
import { systemDocumentName } from '../../fleet/systemDocument.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { comparedOf } from './compare.ts';

let endpoint: TestEndpoint;
const systems = Array.from({ length: 60 }, (_, index) => `s${index}`);
const atMs = Math.floor(Date.now() / 60_000) * 60_000;

beforeAll(async () => {
  endpoint = await startTestEndpoint();
  vi.stubEnv('HEADROOM_STAGE', 'qa');
  vi.stubEnv('METRIC_PERIOD_SECONDS', '60');
  vi.stubEnv('API_RESERVED_CONCURRENCY', '10');
  vi.stubEnv('SUBSCRIBER_MAXIMUM_CONCURRENCY', '2');
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', endpoint.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', endpoint.credentials.secretAccessKey);
  const ssm = new SSMClient(endpoint.clientConfig);
  for (const system of systems) {
    const { queues, ...withoutQueues } = documentOf(system, 'https://api.example');
    // What is compared is nothing of a queue's: a system without is compared as all are.
    const Value = JSON.stringify(system === 's7' ? withoutQueues : { ...withoutQueues, queues });
    await ssm.send(
      new PutParameterCommand({ Name: systemDocumentName('qa', system), Value, Type: 'String' }),
    );
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await endpoint.close();
});

it('publishes who stands out of sixty systems, and logs in what', async () => {
  systems.forEach((system, index) => {
    const names = publishedSystem(documentOf(system, 'https://api.example'), {
      apiReservedConcurrency: 10,
      subscriberMaximumConcurrency: 2,
    });
    for (const measurement of comparedOf(names, 60)) {
      const { namespace, metricName: name, dimensions, id } = measurement;
      // One minute in ten is missing; one system leaks connections, another has no CPU metric at all.
      for (let minute = 1; minute <= 15; minute += 1) {
        const normal = 30 + (index % 5);
        const percent = system === 's7' && id === 'databaseConnections' ? 75 : normal;
        if (minute === 10 || (system === 's9' && id === 'databaseCpu')) continue;
        endpoint.state.metrics.put({
          namespace,
          name,
          dimensions,
          timestampMs: atMs - minute * 60_000,
          value: measurement.unit === 'percent' ? toMetricUnit(measurement, percent) : normal,
        });
      }
    }
  });
  const output = captureOutput();
  try {
    const { handler } = await import('./handler.ts');
    await handler({ time: new Date(atMs).toISOString() });
    const scores = new Map(output.metrics().map((line) => [line['System'], line['StandingOut'] as number]));
    expect(scores.size).toBe(60);
    expect(scores.get('qa-s7')).toBeGreaterThan(10);
    expect([...scores].filter(([, score]) => score > 0)).toHaveLength(1);
    expect(output.logs()).toMatchObject([
      { level: 'WARN', stage: 'qa', system: 's7', signal: 'databaseConnections', value: 75, median: 32 },
    ]);
  } finally {
    output.release();
  }
});
