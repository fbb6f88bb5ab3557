import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { parseFleet, withSystems } from '../../fleet/fleet.ts';
import { checkApiRate } from './apiRate.ts';
import { contract } from '../../service/contract.ts';

const fleet = parseFleet({
  service: contract,
  region: 'us-east-1',
  systems: [{ name: 'orders', expectedPeak: { requestsPerSecond: 30, messagesPerSecond: 1 } }],
  stages: {
    prod: {},
    qa: {},
    apart: { account: '111122223333' },
    test: { runsOn: { stage: 'qa' } },
    local: {},
  },
});

/** A client of an account that has this rate. */
async function apiGateway(rateLimit: number | undefined): Promise<APIGatewayClient> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ throttleSettings: { rateLimit, burstLimit: 5_000 } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new APIGatewayClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(() => {
    expect(paths).toEqual(['GET /account']);
    client.destroy();
    server.close();
  });
  return client;
}

it.each([
  ['prod', 166, 10_000, 'ok', /^9960 requests a second at the peaks of prod and qa, of the 10000 /],
  ['prod', 167, 10_000, 'missing', /^10020 requests .* may answer 10000: have API Gateway's throttle rate/],
  ['apart', 167, 10_000, 'ok', /^5010 requests a second at the peaks of apart, /],
])(
  'the account of %s with %i systems may answer %i a second: %s',
  async (stage, count, rate, state, text) => {
    const findings = await checkApiRate(
      { apiGateway: await apiGateway(rate) },
      withSystems(fleet, count),
      stage,
    );
    expect(findings).toEqual([{ check: 'api-rate', state, text: expect.stringMatching(text) }]);
  },
);

it('is not known where API Gateway does not say it', async () => {
  const asked = checkApiRate({ apiGateway: await apiGateway(undefined) }, fleet, 'prod');
  await expect(asked).rejects.toThrow('does not report');
});
