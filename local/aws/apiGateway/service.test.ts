import {
  APIGatewayClient,
  GetRestApisCommand,
  GetStageCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
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
  stage = {
    name: 'qa',
    variables: {},
    throttle: new TokenBucket(60, 60),
    methodThrottles: new Map(),
    apiKeys: new Map(),
  };
  api.stages.set('qa', stage);
  const resources = { r1: ['root', 'getItem'], r2: ['root', 'orders'], r3: ['r2', '{orderId}'] };
  for (const [id, [parentId = '', pathPart = '']] of Object.entries(resources)) {
    api.resources.set(id, { parentId: parentId === 'root' ? api.rootResourceId : parentId, pathPart });
    api.methods.push({
      resourceId: id,
      httpMethod: id === 'r2' ? 'ANY' : 'GET',
      authorization: 'NONE',
      required: { querystring: [], header: [] },
      requestModels: {},
      validatorId: undefined,
      integration: { functionName: 'f', timeoutMs: 29_000 },
    });
  }
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
const rate = { op: 'replace', path: '/getItem/GET/throttling/rateLimit', value: '7.5' } as const;
const burst = { op: 'replace', path: '/getItem/GET/throttling/burstLimit', value: '8' } as const;
const remove = { op: 'remove', path: '/getItem/GET' } as const;
const ofStage = { '*/*': { throttlingRateLimit: 60, throttlingBurstLimit: 60 } };

describe('API Gateway', () => {
  it('tells the throttle of a stage', async () => {
    expect(await client.send(new GetStageCommand(named))).toMatchObject({ stageName: 'qa' });
    expect(await settings()).toEqual(ofStage);
  });

  it("sets a method's own throttle, and removes it", async () => {
    const method = { throttlingRateLimit: 7.5, throttlingBurstLimit: 8 };
    expect((await patch(rate, burst)).methodSettings).toEqual({ ...ofStage, 'getItem/GET': method });
    expect(await settings()).toEqual({ ...ofStage, 'getItem/GET': method });
    await patch(remove);
    expect(await settings()).toEqual(ofStage);
  });

  it.each(['~1getItem/GET', 'orders/ANY', '~1orders~1{orderId}/GET', 'orders~1{orderId}/GET'])(
    'takes the key %s, and tells it as it was written',
    async (key) => {
      await patch(
        { ...rate, path: `/${key}/throttling/rateLimit` },
        { ...burst, path: `/${key}/throttling/burstLimit` },
      );
      const method = { throttlingRateLimit: 7.5, throttlingBurstLimit: 8 };
      expect(await settings()).toEqual({ ...ofStage, [key]: method });
      await patch({ op: 'remove', path: `/${key}` });
      expect(await settings()).toEqual(ofStage);
    },
  );

  it("sets the stage's own throttle, and removes it", async () => {
    const every = { op: 'replace', path: '/*/*/throttling/rateLimit', value: '5' } as const;
    expect((await patch(every)).methodSettings).toEqual({
      '*/*': { throttlingRateLimit: 5, throttlingBurstLimit: 60 },
    });
    expect(stage.throttle?.ratePerSecond).toBe(5);
    await patch({ op: 'remove', path: '/*/*' });
    expect(stage.throttle).toBeUndefined();
  });

  it.each(['/~1nothing/GET', '/~1getItem/POST', '/orders/GET'])(
    'refuses a throttle for %s, which the API does not have',
    async (key) => {
      const refused = patch({ ...rate, path: `${key}/throttling/rateLimit` });
      await expect(refused).rejects.toMatchObject({
        name: 'BadRequestException',
        message: expect.stringContaining(`Invalid method setting path: ${key}`),
      });
      expect(await settings()).toEqual(ofStage);
    },
  );

  it('changes nothing when one operation of several is refused', async () => {
    const twice = patch(rate, { op: 'remove', path: '/healthcheck/GET' });
    await expect(twice).rejects.toMatchObject({ name: 'BadRequestException' });
    expect(await settings()).toEqual(ofStage);
  });

  it.each([
    ['an operation', { op: 'add', path: '/getItem/GET/throttling/rateLimit', value: '1' }],
    ['a setting', { op: 'replace', path: '/getItem/GET/caching/enabled', value: 'true' }],
    ['a part of the stage', { op: 'replace', path: '/deploymentId', value: 'x' }],
    ['a path whose slashes are plain', { ...rate, path: '/orders/{orderId}/GET/throttling/rateLimit' }],
    ['a value', { ...rate, value: 'many' }],
    ['a rate below none', { ...rate, value: '-1' }],
    ['the removal of one field', { op: 'remove', path: '/getItem/GET/throttling/rateLimit' }],
  ] as const)('refuses %s that it does not have', async (_, operation) => {
    await expect(patch(operation)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('patchOperations.0'),
    });
    expect(await settings()).toEqual(ofStage);
  });

  it('lists REST APIs by name, page by page', async () => {
    endpoint.state.restApis.set('def456', newRestApi('def456', 'another-api', ['image/*']));
    const first = await client.send(new GetRestApisCommand({ limit: 1 }));
    expect(first.items).toEqual([
      { id: 'def456', name: 'another-api', rootResourceId: 'def456-root', binaryMediaTypes: ['image/*'] },
    ]);
    const rest = await client.send(new GetRestApisCommand({ position: first.position }));
    expect(rest.items?.map(({ name }) => name)).toEqual(['test-api']);
    expect(rest.position).toBeUndefined();
    await expect(client.send(new GetRestApisCommand({ limit: 501 }))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
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
