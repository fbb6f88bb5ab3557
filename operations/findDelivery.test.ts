import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../local/aws/testing/testEndpoint.ts';
import { systemAt } from '../loadtests/runner/testing/systems.ts';
import { deliveryFileSchema } from '../records/delivery.ts';
import type { RunFile } from '../records/run.ts';
import { exampleRunAt } from '../records/testing/examples.ts';
import type { OperationContext } from './context.ts';
import { findDelivery } from './findDelivery.ts';
import { service } from '../service/testing/service.ts';
import type { Target } from './target.ts';

let directory: string;
let endpoint: TestEndpoint;
let sqs: SQSClient;
let urls: Record<'subscriber' | 'deadLetter' | 'undelivered', string>;
/** Rows of each look at the table; the last one stays. Null is a database that does not answer. */
let looks: ([number, number][] | null)[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-delivery-'));
  endpoint = await startTestEndpoint();
  sqs = new SQSClient(endpoint.clientConfig);
  const queue = async (QueueName: string): Promise<string> =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl!;
  urls = {
    subscriber: await queue('items'),
    deadLetter: await queue('items-dead'),
    undelivered: await queue('items-unsent'),
  };
});
afterEach(async () => {
  sqs.destroy();
  await endpoint.close();
  await rm(directory, { recursive: true });
});

const startMs = Date.UTC(2026, 10, 3, 11);

/** A run that published 1, 2 and 3, all acknowledged. */
function run(): RunFile {
  const example = exampleRunAt(startMs);
  const [first] = example.systems;
  const messages = { ...first!.messages!, acknowledgedIds: [{ first: 1, last: 3 }], unresolvedIds: [] };
  return { ...example, profile: 'publish', systems: [{ ...first!, messages }] };
}

/** The Data API, as far as a statement needs it. */
function dataApi(): RedshiftDataClient {
  let rows: [number, number][] = [];
  const send = async (command: object): Promise<object> => {
    switch (command.constructor.name) {
      case 'ExecuteStatementCommand': {
        const look = looks.length > 1 ? looks.shift() : looks[0];
        if (!look) throw new Error('the cluster is paused');
        rows = look;
        return { Id: 'statement' };
      }
      case 'DescribeStatementCommand':
        return { Status: 'FINISHED', HasResultSet: true };
      default:
        return {
          ColumnMetadata: [{ name: 'id' }, { name: 'copies' }],
          Records: rows.map(([id, copies]) => [{ longValue: id }, { longValue: copies }]),
        };
    }
  };
  return Object.assign(new RedshiftDataClient({ region: 'us-east-1' }), { send });
}

async function find(): Promise<Awaited<ReturnType<typeof findDelivery>>> {
  const system = systemAt('system-01', 'http://127.0.0.1:1', 30);
  const document = {
    ...system,
    queues: {
      subscriber: { name: 'items', url: urls.subscriber },
      deadLetter: { name: 'items-dead', url: urls.deadLetter },
      undelivered: { name: 'items-unsent', url: urls.undelivered },
    },
  };
  let nowMs = startMs + 120_000;
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += 15 * ms;
    },
  };
  endpoint.state.logGroups.add(system.logGroups.subscriber, startMs).sources.push(async () => [
    { timestampMs: startMs + 1_000, message: JSON.stringify({ storedAfterMs: [800, 1_000] }) },
    { timestampMs: startMs + 2_000, message: JSON.stringify({ storedAfterMs: [1_200] }) },
  ]);
  const clients = { sqs, dataApi: dataApi(), logs: new CloudWatchLogsClient(endpoint.clientConfig) };
  const context = {
    clock,
    signal: new AbortController().signal,
    output: { progress: () => undefined },
  } as unknown as OperationContext;
  const target = {
    systems: [document],
    fleet: { service: service.definition },
    connection: { place: 'local', clients },
  } as unknown as Target;
  const delivery = await findDelivery(context, target, run(), directory);
  const file = JSON.parse(await readFile(join(directory, 'delivery.json'), 'utf8')) as unknown;
  expect(deliveryFileSchema.parse(file)).toEqual(delivery);
  return delivery;
}

test('waits until each message is stored, and says how soon they were', async () => {
  looks = [
    [[1, 1]],
    [
      [1, 1],
      [2, 1],
    ],
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  ];
  const { answer, systems } = await find();
  expect(answer).toBe('delivered');
  expect(systems).toEqual([
    expect.objectContaining({
      messages: expect.objectContaining({ published: 3, stored: 3, lost: 0, duplicated: 0 }),
      endToEnd: { messages: 3, ms: { p50: 1_000, p95: 1_180, p99: 1_196, max: 1_200 }, reason: null },
    }),
  ]);
});

test('counts what is among the dead letters, and finds what is nowhere', async () => {
  looks = [[[1, 1]]];
  await sqs.send(new SendMessageCommand({ QueueUrl: urls.deadLetter, MessageBody: '{"id":2}' }));
  const { answer, systems } = await find();
  expect(answer).toBe('notDelivered');
  expect(systems[0]).toMatchObject({
    messages: { stored: 1, deadLettered: 1, lost: 1, examples: { lost: [3] } },
    reason: '1 of 3 acknowledged messages were found nowhere.',
  });
});

test('does not call lost what may still come, nor delivered what may be stored again', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: urls.subscriber, MessageBody: '{"id":3}' }));
  looks = [
    [
      [1, 1],
      [2, 1],
    ],
  ];
  expect(await find()).toMatchObject({ answer: 'inconclusive' });
});

test('finds what is stored twice', async () => {
  looks = [
    [
      [1, 1],
      [2, 2],
      [3, 1],
    ],
  ];
  const { answer, systems } = await find();
  expect([answer, systems[0]?.messages?.examples.duplicated]).toEqual(['notDelivered', [2]]);
});

test('says nothing of a database that cannot be asked', async () => {
  looks = [null];
  const { answer, systems } = await find();
  expect(answer).toBe('inconclusive');
  expect(systems[0]).toMatchObject({
    messages: null,
    reason: expect.stringContaining('the cluster is paused'),
  });
});
