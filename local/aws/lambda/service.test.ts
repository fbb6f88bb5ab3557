import {
  CreateFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  type InvokeCommandInput,
} from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../../functions/runtime.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';

let endpoint: TestEndpoint;
let client: LambdaClient;
let outcome: InvocationOutcome;
let events: [string, unknown][];
let sent: typeof events;
const createdMs = Date.UTC(2026, 10, 3, 12);
const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

beforeEach(async () => {
  endpoint = await startTestEndpoint();
  client = new LambdaClient(endpoint.clientConfig);
  events = [];
  sent = [];
  outcome = { ok: true, requestId: 'r', payload: { answer: 'ñ' } };
  const { functions, logGroups } = endpoint.state;
  for (const name of ['local-system-01-subscriber', 'local-system-01-api']) {
    functions.add({
      name,
      arn: arn(name),
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      timeoutSeconds: 5,
      memoryMiB: 512,
      description: name.endsWith('api') ? 'answers' : undefined,
      variables: { DATABASE_NAME: 'system_01' },
      securityGroupIds: ['sg-1'],
      logGroupName: `/aws/lambda/${name}`,
      reservedConcurrency: name.endsWith('api') ? 7 : undefined,
      createdMs,
    });
  }
  functions.runWith(
    async (name, event) => {
      events.push([name, event]);
      const timestampMs = Date.now();
      logGroups.add(`/aws/lambda/${name}`, createdMs).sources.push(async () => [
        { timestampMs, message: 'x'.repeat(5_000) },
        { timestampMs, message: 'done' },
      ]);
      return outcome;
    },
    (name, event) => {
      sent.push([name, event]);
    },
  );
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const api = 'local-system-01-api';
const invoke = async (change: Partial<InvokeCommandInput> = {}) => {
  const { Payload, ...answer } = await client.send(new InvokeCommand({ FunctionName: api, ...change }));
  return { ...answer, payload: Payload && Buffer.from(Payload).toString('utf8') };
};

describe('Lambda', () => {
  it('lists functions by name, page by page', async () => {
    const first = await client.send(new ListFunctionsCommand({ MaxItems: 1 }));
    expect(first.Functions?.map(({ FunctionName }) => FunctionName)).toEqual([api]);
    const rest = await client.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
    expect(rest.Functions?.map(({ FunctionName }) => FunctionName)).toEqual(['local-system-01-subscriber']);
    expect(rest.NextMarker).toBeUndefined();
    await expect(client.send(new ListFunctionsCommand({ Marker: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it.each([api, arn(api), `000000000000:function:${api}`, `${api}:$LATEST`])(
    'tells the configuration of %s',
    async (FunctionName) => {
      const told = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect(told).toMatchObject({
        FunctionName: api,
        FunctionArn: arn(api),
        Description: 'answers',
        Timeout: 5,
        MemorySize: 512,
        Environment: { Variables: { DATABASE_NAME: 'system_01' } },
        VpcConfig: { SecurityGroupIds: ['sg-1'] },
        LastModified: '2026-11-03T12:00:00.000+0000',
      });
    },
  );

  it('tells what a function has reserved, and nothing of one that has not', async () => {
    const reserved = async (FunctionName: string) =>
      (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect(await reserved(api)).toBe(7);
    expect(await reserved('local-system-01-subscriber')).toBeUndefined();
  });

  it('lists what hands a queue’s messages to a function, with the bound where it has one', async () => {
    const { functions } = endpoint.state;
    const mapping = {
      functionName: 'local-system-01-subscriber',
      eventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:items',
      batchSize: 10,
      batchWindowSeconds: 1,
      reportsFailures: true,
      createdMs,
    };
    functions.addMapping({ ...mapping, id: 'bounded', maximumConcurrency: 4 });
    functions.addMapping({ ...mapping, id: 'other', functionName: api, maximumConcurrency: undefined });
    const list = async (change: object) =>
      (await client.send(new ListEventSourceMappingsCommand(change))).EventSourceMappings ?? [];
    const of = await list({ FunctionName: mapping.functionName });
    expect(of).toMatchObject([
      {
        UUID: 'bounded',
        FunctionArn: arn(mapping.functionName),
        EventSourceArn: mapping.eventSourceArn,
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 4 },
        State: 'Enabled',
        LastModified: new Date(createdMs),
      },
    ]);
    const unbounded = await list({ FunctionName: arn(api) });
    expect(unbounded.map(({ UUID, ScalingConfig }) => [UUID, ScalingConfig])).toEqual([['other', undefined]]);
    expect(await list({ EventSourceArn: mapping.eventSourceArn })).toHaveLength(2);
  });

  it.each([{ FunctionName: 'none' }, { FunctionName: `${api}:7` }, { FunctionName: api, Qualifier: 'live' }])(
    'knows no function %j',
    async (named) => {
      const name = 'ResourceNotFoundException';
      await expect(client.send(new GetFunctionConfigurationCommand(named))).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode: 404 },
      });
      await expect(client.send(new InvokeCommand(named))).rejects.toMatchObject({ name });
      expect(events).toEqual([]);
    },
  );

  it('invokes with an event, and gives what came of it', async () => {
    const answer = await invoke({ Payload: Buffer.from('{"name":"ñ"}') });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', payload: '{"answer":"ñ"}' });
    expect(answer.FunctionError).toBeUndefined();
    expect(events).toEqual([[api, { name: 'ñ' }]]);
    outcome = { ok: true, requestId: 'r', payload: undefined };
    expect((await invoke()).payload).toBe('null');
    expect(events[1]).toEqual([api, {}]);
  });

  it('gives an error of the function as its payload', async () => {
    const error = { errorType: 'TypeError', errorMessage: 'no', trace: ['a'] };
    outcome = { ok: false, requestId: 'r', kind: 'handler', error };
    expect(await invoke()).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      payload: JSON.stringify(error),
    });
  });

  it('gives the last 4 KiB of the log, where asked', async () => {
    const { LogResult = '' } = await invoke({ LogType: 'Tail' });
    const log = Buffer.from(LogResult, 'base64').toString('utf8');
    expect(log).toHaveLength(4_096);
    expect(log).toMatch(/x\ndone\n$/);
    expect((await invoke()).LogResult).toBeUndefined();
  });

  it('accepts an event for later, and tries whether it might', async () => {
    expect(await invoke({ InvocationType: 'DryRun' })).toMatchObject({ StatusCode: 204 });
    expect(events).toEqual([]);
    expect(await invoke({ InvocationType: 'Event', Payload: Buffer.from('[1]') })).toMatchObject({
      StatusCode: 202,
    });
    expect(sent).toEqual([[api, [1]]]);
    expect(events).toEqual([]);
  });

  it('refuses what never begins', async () => {
    const rate = { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' };
    outcome = { ok: false, requestId: 'r', kind: 'throttled', error: rate };
    await expect(invoke()).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
    await expect(invoke({ Payload: Buffer.from('{') })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    await expect(invoke({ ClientContext: 'e30=' })).rejects.toMatchObject({
      message: expect.stringContaining('ClientContext: not supported'),
    });
    const create = new CreateFunctionCommand({ FunctionName: 'new', Role: 'r', Code: {} });
    await expect(client.send(create)).rejects.toMatchObject({
      message: expect.stringContaining('"POST /2015-03-31/functions" is not part of this stage'),
    });
  });
});
