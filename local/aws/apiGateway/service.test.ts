import { APIGatewayClient, GetStageCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRestApi, type ApiStage } from '../../api/definition.ts';
import { TokenBucket } from '../../api/tokenBucket.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: APIGatewayClient;
let stage: ApiStage;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  client = new APIGatewayClient(endpoint.clientConfig);
  const api = newRestApi('abc123', 'test-api');
  stage = { name: 'qa', variables: {}, throttle: new TokenBucket(60, 60), methodThrottles: new Map() };
  api.stages.set('qa', stage);
  endpoint.state.restApis.set(api.id, api);
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const named = { restApiId: 'abc123', stageName: 'qa' };
const patch = (...patchOperations: { op: 'replace' | 'remove' | 'add'; path: string; value?: string }[]) =>
  client.send(new UpdateStageCommand({ ...named, patchOperations }));
const settings = async () => (await client.send(new GetStageCommand(named))).methodSettings;
const rate = { op: 'replace', path: '/getClient/GET/throttling/rateLimit', value: '7.5' } as const;
const burst = { op: 'replace', path: '/getClient/GET/throttling/burstLimit', value: '8' } as const;
const remove = { op: 'remove', path: '/getClient/GET' } as const;
const ofStage = { '*/*': { throttlingRateLimit: 60, throttlingBurstLimit: 60 } };

describe('API Gateway', () => {
  it('tells the throttle of a stage', async () => {
    expect(await client.send(new GetStageCommand(named))).toMatchObject({ stageName: 'qa' });
    expect(await settings()).toEqual(ofStage);
  });

  it("sets a method's own throttle, and removes it", async () => {
    const method = { throttlingRateLimit: 7.5, throttlingBurstLimit: 8 };
    expect((await patch(rate, burst)).methodSettings).toEqual({ ...ofStage, 'getClient/GET': method });
    expect(await settings()).toEqual({ ...ofStage, 'getClient/GET': method });
    await patch(remove);
    expect(await settings()).toEqual(ofStage);
  });

  it('changes nothing when one operation of several is refused', async () => {
    const twice = patch(rate, { op: 'remove', path: '/healthcheck/GET' });
    await expect(twice).rejects.toMatchObject({ name: 'BadRequestException' });
    expect(await settings()).toEqual(ofStage);
  });

  it.each([
    ['an operation', { op: 'add', path: '/getClient/GET/throttling/rateLimit', value: '1' }],
    ['a setting', { op: 'replace', path: '/getClient/GET/caching/enabled', value: 'true' }],
    ['a part of the stage', { op: 'replace', path: '/deploymentId', value: 'x' }],
    ['a value', { ...rate, value: 'many' }],
    ['a rate below none', { ...rate, value: '-1' }],
    ['the removal of one field', { op: 'remove', path: '/getClient/GET/throttling/rateLimit' }],
  ] as const)('refuses %s that it does not have', async (_, operation) => {
    await expect(patch(operation)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('patchOperations.0'),
    });
    expect(await settings()).toEqual(ofStage);
  });

  it('knows no stage of another name', async () => {
    const missing = client.send(new GetStageCommand({ ...named, stageName: 'prod' }));
    await expect(missing).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Invalid Stage identifier specified',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
