import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTestStage, testCode, type TestStage } from './testing/stage.ts';

/** Each part is asked what it was told; that it then does so is its own tests' matter. */
let stage: TestStage;
beforeAll(async () => {
  stage = await startTestStage('export const handler = async () => null;');
});
afterAll(() => stage.close());

const att = (name: string, attribute: string) => ({ 'Fn::GetAtt': [name, attribute] });
const functionWith = (extra: Record<string, unknown>) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Code: testCode, Handler: 'index.handler', Runtime: 'nodejs24.x', ...extra },
});
let count = 0;
const boot = (Resources: Record<string, unknown>) => stage.boot({ [`stack${(count += 1)}`]: { Resources } });

it('gives a function its timeout, memory and reserved concurrency, or the defaults of Lambda', async () => {
  const add = vi.spyOn(stage.platform.context.functions, 'add');
  await boot({
    Tuned: functionWith({
      FunctionName: 'tuned',
      Timeout: '7',
      MemorySize: 256,
      ReservedConcurrentExecutions: 0,
      LoggingConfig: {
        LogGroup: '/tuned',
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
      },
    }),
    Plain: functionWith({ FunctionName: 'plain' }),
  });
  expect(add).toHaveBeenCalledWith(
    expect.objectContaining({
      name: 'tuned',
      timeoutMs: 7_000,
      memoryMiB: 256,
      reservedConcurrency: 0,
      logGroupName: '/tuned',
      logFormat: 'JSON',
      applicationLogLevel: 'INFO',
    }),
  );
  const plain = add.mock.calls.find(([{ name }]) => name === 'plain')?.[0];
  expect(plain).toMatchObject({ timeoutMs: 3_000, memoryMiB: 128, logGroupName: '/aws/lambda/plain' });
  expect(plain).toMatchObject({ logFormat: 'Text' });
  const silent = { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'WARN' } };
  await expect(boot({ Silent: functionWith(silent) })).rejects.toThrow('lines of metrics count as INFO');
  expect(plain).not.toHaveProperty('reservedConcurrency');
});

it('gives a queue its attributes, and its mapping what stands there, or the defaults of Lambda', async () => {
  const add = vi.spyOn(stage.platform.context.queues, 'add');
  const mapping = (extra: Record<string, unknown>) => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: att('Queue', 'Arn'), FunctionName: att('Fn', 'Arn'), ...extra },
  });
  await boot({
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'tuned',
        VisibilityTimeout: 77,
        DelaySeconds: 3,
        ReceiveMessageWaitTimeSeconds: 4,
        RedrivePolicy: { deadLetterTargetArn: att('Dead', 'Arn'), maxReceiveCount: '6' },
      },
    },
    Fn: functionWith({ FunctionName: 'consumer' }),
    Tuned: mapping({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 7 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
    Plain: mapping({}),
  });
  const common = { functionName: 'consumer', queueArn: 'arn:aws:sqs:us-east-1:000000000000:tuned' };
  expect(add.mock.calls.map(([told]) => told)).toEqual([
    expect.objectContaining({
      ...common,
      batchSize: 100,
      batchWindowMs: 5_000,
      maximumConcurrency: 7,
      reportBatchItemFailures: true,
    }),
    expect.objectContaining({
      ...common,
      batchSize: 10,
      batchWindowMs: 0,
      maximumConcurrency: 5,
      reportBatchItemFailures: false,
    }),
  ]);
  const sqs = new SQSClient(stage.clientOptions);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: add.mock.calls[0]?.[0].queueUrl, AttributeNames: ['All'] }),
  );
  sqs.destroy();
  expect(Attributes).toMatchObject({
    VisibilityTimeout: '77',
    DelaySeconds: '3',
    ReceiveMessageWaitTimeSeconds: '4',
  });
  expect(JSON.parse(Attributes?.['RedrivePolicy'] ?? '')).toEqual({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
    maxReceiveCount: 6,
  });
});

it('runs a schedule that is enabled, with its input, and no other', async () => {
  const add = vi.spyOn(stage.platform.context.schedules, 'add');
  const rule = (Name: string, State?: string) => ({
    Type: 'AWS::Events::Rule',
    Properties: {
      Name,
      ScheduleExpression: 'rate(5 minutes)',
      ...(State !== undefined && { State }),
      Targets: [{ Id: 'T', Arn: att('Fn', 'Arn'), Input: '{"tick":1}' }],
    },
  });
  await boot({
    Fn: functionWith({ FunctionName: 'scheduled' }),
    On: rule('on'),
    Off: rule('off', 'DISABLED'),
  });
  expect(add.mock.calls.map(([{ name }]) => name)).toEqual(['on']);
  const [told] = add.mock.calls[0] ?? [];
  expect(told).toMatchObject({ functionName: 'scheduled', expression: 'rate(5 minutes)' });
  expect(told?.inputOf?.({})).toEqual({ tick: 1 });
});

it('gives an API its throttle, time limits and required parameters', async () => {
  const addApi = vi.spyOn(stage.platform.context.api, 'addApi');
  const RestApiId = { Ref: 'Api' };
  const method = (HttpMethod: string, extra: Record<string, unknown>) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId,
      ResourceId: att('Api', 'RootResourceId'),
      HttpMethod,
      AuthorizationType: 'AWS_IAM',
      RequestParameters: {
        'method.request.querystring.item_id': true,
        'method.request.querystring.page': false,
        'method.request.header.X-Client': 'true',
        'method.request.path.orderId': true,
      },
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: {
          'Fn::Sub': 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
        },
        ...extra,
      },
    },
  });
  const apiStage = (StageName: string, settings: Record<string, unknown>) => ({
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId,
      StageName,
      DeploymentId: 'd',
      MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ...settings }],
    },
  });
  await boot({
    Fn: functionWith({ FunctionName: 'served' }),
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
    Short: method('GET', { TimeoutInMillis: 5_000 }),
    Plain: method('POST', {}),
    Throttled: apiStage('throttled', { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2 }),
    Free: apiStage('free', {}),
  });
  const api = stage.platform.context.api.api(addApi.mock.calls[0]?.[0] ?? '');
  expect(api.methods).toMatchObject([
    {
      httpMethod: 'GET',
      integration: { functionName: 'served', timeoutMs: 5_000 },
      required: { querystring: ['item_id'], header: ['X-Client'] },
    },
    { httpMethod: 'POST', integration: { timeoutMs: 29_000 } },
  ]);
  const throttle = api.stages.get('throttled')?.throttle;
  expect([0, 0, 0, 200].map((atMs) => throttle?.take(atMs))).toEqual([true, true, false, true]);
  expect(api.stages.get('free')?.throttle).toBeUndefined();
});

it('generates a secret of every kind of characters, and none that is excluded', async () => {
  const names = ['s1', 's2', 's3', 's4', 's5'];
  const secret = (Name: string, extra: Record<string, unknown>) => ({
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name, GenerateSecretString: extra },
  });
  await boot({
    ...Object.fromEntries(names.map((name) => [name, secret(name, { PasswordLength: 4 })])),
    digits: secret('digits', {
      PasswordLength: 40,
      ExcludeLowercase: true,
      ExcludeUppercase: true,
      ExcludePunctuation: true,
      ExcludeCharacters: '013456789',
    }),
  });
  for (const name of names) {
    const { secretString } = stage.state.secrets.get(name);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(secretString).toMatch(kind);
    expect(secretString).toHaveLength(4);
  }
  expect(stage.state.secrets.get('digits').secretString).toBe('2'.repeat(40));
});

it('gives a security group the rules that stand in it', async () => {
  await boot({
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupName: 'inline',
        GroupDescription: 'with a rule',
        SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: '444', CidrIp: '0.0.0.0/0' }],
      },
    },
  });
  const { securityGroups } = stage.state;
  const group = securityGroups.groups().find(({ name }) => name === 'inline');
  const lets = (port: number) =>
    securityGroups.allows({
      sourceGroupIds: [],
      targetGroupIds: [group?.id ?? ''],
      protocol: 'tcp',
      port,
    });
  expect([442, 443, 444, 445].map(lets)).toEqual([false, true, true, false]);
});

it.each([
  ['SEARCH', 'SEARCH({AWS/Lambda} errors)'],
  ['ANOMALY_DETECTION_BAND', 'ANOMALY_DETECTION_BAND(m1, 2)'],
])('refuses %s in a dashboard by name', async (name, expression) => {
  const metrics = [['AWS/Lambda', 'Errors', { id: 'm1' }], [{ expression, id: 'e1' }]];
  const board = (rows: unknown) => ({
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardBody: JSON.stringify({ widgets: [{ type: 'text' }, { properties: { metrics: rows } }] }),
    },
  });
  await expect(boot({ Board: board(metrics) })).rejects.toThrow(`function ${name} is not supported`);
  await boot({ Board: board([[{ expression: 'SUM(FILL(METRICS("m"), 0))' }]]) });
});

it('counts lines of a log group that match a pattern, as they are written, and the others as it says', async () => {
  const { functions, metrics } = stage.platform.context;
  const filter = (extra: Record<string, unknown>, transformation: Record<string, unknown> = {}) => ({
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: '/counted',
      FilterPattern: '"connection refused"',
      MetricTransformations: [
        { MetricNamespace: 'Counted', MetricName: 'Refused', MetricValue: '1', ...transformation },
      ],
      ...extra,
    },
  });
  await boot({
    // Before what writes to the group, as in another stack than its own.
    Filter: filter({}, { DefaultValue: 0 }),
    Quiet: filter({}, { MetricName: 'Quiet' }),
    Counted: functionWith({ FunctionName: 'counted', LoggingConfig: { LogGroup: '/counted' } }),
  });
  const nowMs = stage.platform.context.clock.now();
  functions.logs.append('counted', nowMs, [
    'ERROR connection refused',
    'INFO answered',
    'connection refused',
  ]);
  functions.logs.append('plain', nowMs, ['connection refused']);
  const seen = (name: string, statistic: 'Sum' | 'SampleCount') =>
    metrics
      .query({
        namespace: 'Counted',
        name,
        dimensions: {},
        statistic,
        periodSeconds: 60,
        startMs: nowMs - 60_000,
        endMs: nowMs + 60_000,
      })
      .map(({ value }) => value);
  expect([seen('Refused', 'Sum'), seen('Refused', 'SampleCount')]).toEqual([[2], [3]]);
  expect([seen('Quiet', 'Sum'), seen('Quiet', 'SampleCount')]).toEqual([[2], [2]]);
  await expect(boot({ Other: filter({ FilterPattern: '[ip, user]' }) })).rejects.toThrow('[ip, user]');
  await expect(boot({ Other: filter({}, { MetricValue: '$.size' }) })).rejects.toThrow('a field of the line');
});
