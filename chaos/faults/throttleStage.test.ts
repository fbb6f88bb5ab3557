import { APIGatewayClient, GetStageCommand, UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRestApi } from '../../local/api/definition.ts';
import { TokenBucket } from '../../local/api/tokenBucket.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { callTarget } from '../../local/aws/scheduler/targets.ts';
import { systemClock } from '../../core/clock.ts';
import { testDocument } from '../testing/systemDocuments.ts';
import type { DrillClients, FaultContext, RestoreContext } from './fault.ts';
import { throttleStage } from './throttleStage.ts';
import { busiest } from '../../service/testing/asking.ts';
import { service } from '../../service/testing/service.ts';

let endpoint: TestEndpoint;
let apiGateway: APIGatewayClient;
let context: FaultContext & RestoreContext;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  apiGateway = new APIGatewayClient(endpoint.clientConfig);
  const { api, stage } = testDocument('system-01');
  const restApi = newRestApi(api.id, api.name);
  const throttle = new TokenBucket(40, 40);
  restApi.stages.set(stage, {
    name: stage,
    variables: {},
    throttle,
    methodThrottles: new Map(),
    apiKeys: new Map(),
  });
  restApi.resources.set('r', { parentId: restApi.rootResourceId, pathPart: busiest.split('/')[0]! });
  restApi.methods.push({
    resourceId: 'r',
    httpMethod: 'GET',
    authorization: 'AWS_IAM',
    required: { querystring: [], header: [] },
    requestModels: {},
    validatorId: undefined,
    integration: { functionName: 'f', timeoutMs: 29_000 },
  });
  endpoint.state.restApis.set(api.id, restApi);
  context = {
    clients: { apiGateway } as DrillClients,
    clock: systemClock,
    publisher: { slipIn: () => Promise.resolve() },
    signal: new AbortController().signal,
    note: () => Promise.resolve(),
    injectedAtMs: 0,
    reached: [],
  };
});
afterEach(async () => {
  apiGateway.destroy();
  await endpoint.close();
});

const identity = { drillId: 'drill', firstId: 5_000_000_000, service };
const { arguments: planned, inverse } = throttleStage.plan(testDocument('system-01'), identity);
const named = { restApiId: 'system-01', stageName: 'test' };
const settings = async () => (await apiGateway.send(new GetStageCommand(named))).methodSettings;
const before = { '*/*': { throttlingRateLimit: 40, throttlingBurstLimit: 40 } };

describe('throttleStage', () => {
  it('refuses a system whose throttled answers count as failed: it would page, and prove nothing', () => {
    const countedBy = (metric: '4XXError' | '5XXError') => ({
      ...testDocument('system-01'),
      errors: { metric },
    });
    expect(() => throttleStage.plan(countedBy('5XXError'), identity)).not.toThrow();
    expect(() => throttleStage.plan(countedBy('4XXError'), identity)).toThrow(
      'system-01: adopt.errors counts every answer with a 4xx status as failed',
    );
  });

  it('throttles the method to half of the load of a drill, and takes that away as often as asked', async () => {
    expect(await throttleStage.obstacle(planned, context.clients)).toBeNull();
    await throttleStage.inject(planned, context);
    // 20 requests a second at the peak, a half of them in a drill.
    const method = { throttlingRateLimit: 5, throttlingBurstLimit: 5 };
    expect(await settings()).toEqual({ ...before, [busiest]: method });
    await throttleStage.restore(inverse, context);
    expect(await settings()).toEqual(before);
    await throttleStage.restore(inverse, context);
    expect(await settings()).toEqual(before);
  });

  it('says of a stage that is not there which fields should name one', async () => {
    const { api, ...document } = testDocument('system-01');
    const { arguments: elsewhere } = throttleStage.plan(
      { ...document, api: { ...api, stage: 'live' } },
      identity,
    );
    expect(await throttleStage.obstacle(elsewhere, context.clients)).toBe(
      'there is no stage live of API system-01: deploy the system again, or correct its adopt.apiId and adopt.apiStage',
    );
  });

  it('takes away nothing that was never there', async () => {
    await throttleStage.restore(inverse, context);
    expect(await settings()).toEqual(before);
  });

  it('is undone by the call that a schedule makes', async () => {
    await throttleStage.inject(planned, context);
    const { target, input } = throttleStage.restoreCall!(inverse);
    callTarget(endpoint.state, target, JSON.stringify(input));
    expect(await settings()).toEqual(before);
  });

  it("leaves somebody else's settings of the method alone, and says what to do", async () => {
    const path = `/${busiest}/throttling/rateLimit`;
    const patchOperations = [{ op: 'replace', path, value: '3' } as const];
    await apiGateway.send(new UpdateStageCommand({ ...named, patchOperations }));
    const theirs = await settings();
    expect(await throttleStage.obstacle(planned, context.clients)).toContain('headroom chaos restore');
    await expect(throttleStage.inject(planned, context)).rejects.toMatchObject({
      name: 'FaultNotAppliedError',
    });
    expect(await settings()).toEqual(theirs);
  });

  it('does not take an API that is not there for one that is restored', async () => {
    const gone = { ...(inverse as object), restApiId: 'gone' };
    await expect(throttleStage.restore(gone, context)).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
