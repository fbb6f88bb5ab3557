import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifySignature } from '../../local/aws/sigv4.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { captureOutput } from '../../service/testing/emitted.ts';
import { systemDocumentName } from '../../fleet/systemDocument.ts';
import { documentOf } from '../../fleet/testing/systemDocument.ts';
import { startHostileServer, type HostileServer } from './testing/hostileServer.ts';

let endpoint: TestEndpoint;
let server: HostileServer;
let output: ReturnType<typeof captureOutput>;

beforeEach(async () => {
  endpoint = await startTestEndpoint();
  server = await startHostileServer();
  vi.stubEnv('HEADROOM_STAGE', 'qa');
  vi.stubEnv('HEALTH_PATH', '/healthcheck');
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', endpoint.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', endpoint.credentials.secretAccessKey);
  vi.resetModules();
  const ssm = new SSMClient(endpoint.clientConfig);
  for (const [system, answer] of [
    ['orders', 'well'],
    ['returns', 'unavailable'],
    ['stock', 'nothing'],
  ] as const) {
    const Value = JSON.stringify(documentOf(system, server.url(answer)));
    await ssm.send(
      new PutParameterCommand({ Name: systemDocumentName('qa', system), Value, Type: 'String' }),
    );
  }
  output = captureOutput();
});
afterEach(async () => {
  output.release();
  vi.unstubAllEnvs();
  server.stop();
  await endpoint.close();
});

const time = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString();

describe("the canary's function", () => {
  it('publishes each system and the fleet at the time of its schedule, and logs why', async () => {
    const { handler } = await import('./handler.ts');
    await handler({ time, systems: ['orders', 'returns'] });
    const lines = output.metrics();
    expect(new Map(lines.map(({ System, Unhealthy }) => [System, Unhealthy]))).toEqual(
      new Map([
        ['qa-orders', 0],
        ['qa-returns', 1],
        ['qa-fleet', undefined],
      ]),
    );
    expect(lines.at(-1)).toMatchObject({ System: 'qa-fleet', UnhealthyHosts: 1, UnhealthyShare: 50 });
    for (const line of lines) {
      expect(line['_aws']).toMatchObject({
        Timestamp: Date.parse(time),
        CloudWatchMetrics: [{ Namespace: 'Headroom', Dimensions: [['System']] }],
      });
    }
    expect(output.logs()).toMatchObject([
      { level: 'ERROR', stage: 'qa', system: 'returns', reason: 'status' },
      { level: 'ERROR', unhealthySystems: ['returns'] },
    ]);
  });

  it('has published what it knows before the last system has answered', async () => {
    const { handler } = await import('./handler.ts');
    const ended = vi.fn<() => void>();
    const run = handler({ time, systems: ['orders', 'stock'] }).then(ended);
    await vi.waitFor(() => expect(output.metrics()).toHaveLength(1));
    expect(output.metrics()[0]).toMatchObject({ System: 'qa-orders', Unhealthy: 0 });
    // A function that is ended here leaves that line behind.
    expect(ended).not.toHaveBeenCalled();
    await run;
  });

  it('signs as API Gateway asks for it', async () => {
    const { handler } = await import('./handler.ts');
    await handler({ time, systems: ['orders'] });
    const [request] = server.requests;
    const verification = verifySignature({
      method: 'GET',
      path: '/well/healthcheck',
      query: '',
      headers: request!.headers,
      body: Buffer.alloc(0),
      credentials: endpoint.credentials,
      nowMs: Date.now(),
    });
    expect(verification).toMatchObject({ ok: true, scope: { service: 'execute-api', region: 'us-east-1' } });
  });

  it('refuses an event that names no systems', async () => {
    const { handler } = await import('./handler.ts');
    await expect(handler({ time })).rejects.toThrow('systems');
  });
});
