import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AwsEndpoint, AwsFault } from '../../service/testing/awsEndpoint.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { startRdsEndpoint } from '../../chaos/testing/rdsEndpoint.ts';
import type { Connection } from '../connection.ts';
import { findAdoption } from './askAws.ts';

const arn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const facts = [
  { name: 'Api', value: arn('clients-get') },
  { name: 'Subscriber', value: arn('clients-store') },
];
const createdMs = Date.UTC(2026, 10, 3, 12);

let endpoint: TestEndpoint;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  for (const [name, reservedConcurrency] of [
    ['clients-get', 20],
    ['clients-store', undefined],
  ] as const) {
    endpoint.state.functions.add({
      name,
      arn: arn(name),
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      timeoutSeconds: 5,
      memoryMiB: 512,
      description: undefined,
      variables: {},
      securityGroupIds: [],
      logGroupName: name === 'clients-get' ? '/clients/api' : `/aws/lambda/${name}`,
      reservedConcurrency,
      createdMs,
    });
  }
});
afterEach(() => endpoint.close());

const mapping = (id: string, queue: string, maximumConcurrency?: number) =>
  endpoint.state.functions.addMapping({
    id,
    functionName: 'clients-store',
    eventSourceArn: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    batchSize: 10,
    batchWindowSeconds: 0,
    maximumConcurrency,
    reportsFailures: true,
    createdMs,
  });

const clientsOf = ({ clientConfig }: Pick<TestEndpoint, 'clientConfig'>): Connection['clients'] =>
  ({
    lambda: new LambdaClient(clientConfig),
    logs: new CloudWatchLogsClient(clientConfig),
  }) as Connection['clients'];

it('asks of the functions where they log, how many run at once, and which queue feeds the subscriber', async () => {
  endpoint.state.logGroups.add('/clients/api', createdMs);
  endpoint.state.logGroups.add('/clients/api-old', createdMs);
  mapping('one', 'clients', 4);
  const { adopt, missing, unasked } = await findAdoption(clientsOf(endpoint), 'us-east-1', facts);
  expect(adopt).toEqual({
    functions: { api: 'clients-get', subscriber: 'clients-store' },
    reservedConcurrency: 20,
    subscriberMaximumConcurrency: 4,
    queues: { subscriber: 'https://sqs.us-east-1.amazonaws.com/000000000000/clients' },
    logGroups: { api: '/clients/api' },
  });
  expect(unasked).toEqual([
    expect.stringMatching(
      /^log group of clients-store: .*\/aws\/lambda\/clients-store is not there; Lambda makes it/,
    ),
  ]);
  const fields = missing.map(({ field }) => field);
  expect(fields).toContain('adopt.logGroups.subscriber');
  for (const found of [
    'logGroups.api',
    'reservedConcurrency',
    'subscriberMaximumConcurrency',
    'queues.subscriber',
  ])
    expect(fields).not.toContain(`adopt.${found}`);
});

it('takes neither bound nor queue of a function that several queues feed, and says so', async () => {
  mapping('one', 'clients', 4);
  mapping('two', 'invoices', 4);
  const { adopt, unasked } = await findAdoption(clientsOf(endpoint), 'us-east-1', facts);
  expect(adopt).not.toHaveProperty('subscriberMaximumConcurrency');
  expect(adopt).not.toHaveProperty('queues');
  expect(unasked).toContainEqual(
    expect.stringMatching(/^event source mappings of clients-store: .*messages of 2 queues/),
  );
});

it('says what AWS refuses to tell, and asks the rest', async () => {
  const aws = await AwsEndpoint.start();
  aws.actions.set('DescribeLogGroups', () => {
    throw new AwsFault('AccessDeniedException', 'not for you');
  });
  try {
    const { unasked } = await findAdoption(
      { ...clientsOf(endpoint), logs: new CloudWatchLogsClient(aws.clientConfig) },
      'us-east-1',
      facts,
    );
    expect(unasked).toEqual([
      expect.stringMatching(/^log group of clients-get: .*not for you/),
      expect.stringMatching(/^log group of clients-store: .*not for you/),
    ]);
  } finally {
    await aws.stop();
  }
});

it('asks of an Aurora cluster for its instances, any of which may be the one that writes', async () => {
  const instances = new Map([
    ['clients-2', { status: 'available', cluster: 'clients', writes: true }],
    ['clients-1', { status: 'available', cluster: 'clients' }],
    ['invoices-1', { status: 'available', cluster: 'invoices' }],
  ]);
  const rds = await startRdsEndpoint(instances, new Map([['clients', 'available']]));
  try {
    const cluster = { name: 'Database', value: 'clients', type: 'AWS::RDS::DBCluster' };
    const clients = {
      ...clientsOf(endpoint),
      rds: new RDSClient({ ...endpoint.clientConfig, endpoint: rds.endpoint }),
    };
    const { adopt, missing } = await findAdoption(clients, 'us-east-1', [cluster]);
    expect(adopt['database']).toMatchObject({
      engine: 'aurora-postgresql',
      identifier: 'clients',
      instances: ['clients-1', 'clients-2'],
    });
    expect(missing.map(({ field }) => field)).not.toContain('adopt.database.instances');
  } finally {
    await rds.close();
  }
});

it('waits for no call longer than one may take', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(new Error('late')));
  try {
    const { adopt, unasked } = await findAdoption(clientsOf(endpoint), 'us-east-1', facts);
    expect(Object.keys(adopt)).toEqual(['functions']);
    expect(unasked).toHaveLength(5);
  } finally {
    timeout.mockRestore();
  }
});
