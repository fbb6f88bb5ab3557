import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { parseMessage } from '../../service/domain/message.ts';
import { SeedError } from '../errors.ts';
import { clientOf } from '../../service/load/clients.ts';
import { seed, type SeedOptions } from './seed.ts';
import { startFakeApi, testCredentials, type FakeApi } from './testing/fakeApi.ts';
import { systemAt } from './testing/systems.ts';
import { service } from '../../service/testing/service.ts';

const { firstId, count } = service.load.seeded;
let endpoint: TestEndpoint;
let sns: SNSClient;
let sqs: SQSClient;
let queueUrl: string;
let api: FakeApi;
let system: SystemDocument;
let subscriber: AbortController;
let received: number;

beforeAll(async () => {
  endpoint = await startTestEndpoint();
  sns = new SNSClient(endpoint.clientConfig);
  sqs = new SQSClient(endpoint.clientConfig);
});
afterAll(async () => {
  sns.destroy();
  sqs.destroy();
  await endpoint.close();
});

beforeEach(async () => {
  api = await startFakeApi();
  const name = `items-${String(performance.now()).replace('.', '-')}`;
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  ({ QueueUrl: queueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name })));
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:us-east-1:000000000000:${name}`,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  system = systemAt('system-01', api.url, 20, TopicArn);
  subscriber = new AbortController();
  received = 0;
});
afterEach(async () => {
  subscriber.abort();
  await api.close();
});

/** Stores what arrives, as the subscriber does. */
async function subscribe(): Promise<void> {
  while (!subscriber.signal.aborted) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      { abortSignal: subscriber.signal },
    );
    for (const { Body = '' } of Messages) {
      const { schemaVersion: _version, occurredAt: _time, ...client } = parseMessage(Body);
      api.clients.set(client.id, client);
      received += 1;
    }
  }
}
const aborted = (error: unknown): void => {
  if (!subscriber.signal.aborted) throw error;
};

const options = (more: Partial<SeedOptions> = {}): SeedOptions => ({
  service: service.load,
  systems: [system],
  sns,
  credentials: testCredentials,
  clock: systemClock,
  ...more,
});

test('publishes every message once, waits until the API has them, and does nothing the second time', async () => {
  const done = subscribe().catch(aborted);
  const lines: string[] = [];
  await seed(options({ onProgress: (line) => lines.push(line) }));
  expect(lines).toEqual([`system-01: ${count} messages published, whose ids the load asks for`]);
  await expect.poll(() => received).toBe(count);
  for (let id = firstId; id < firstId + count; id += 1) expect(api.clients.get(id)).toEqual(clientOf(id));

  await seed(options());
  const before = api.requests();
  await seed(options());
  expect(api.requests() - before).toBe(count / 10);
  expect(received).toBe(count);
  subscriber.abort();
  await done;
});

test('ids that do not arrive in time are an error that says where to look', async () => {
  const seeding = seed(options({ deadlineMs: 300 }));
  await expect(seeding).rejects.toThrow(SeedError);
  await expect(seeding).rejects.toThrow(
    /^seeding system-01: id 2000000000 is answered with status 404 after 300 ms: .*\/aws\/lambda\/subscriber/,
  );
});

test('what a throttle refused is no word about the subscriber', async () => {
  api.answerWith((response) => void response.writeHead(429).end());
  await expect(seed(options({ deadlineMs: 300 }))).rejects.toThrow(
    /^seeding system-01: id \d+ is answered with status 429 after 300 ms: fewer requests are let in than are sent: look at the throttles of its API/,
  );
});

test('one of several that it does not arrive at is told, with its error, and stops no other', async () => {
  const done = subscribe().catch(aborted);
  const gone = {
    ...system,
    system: 'system-02',
    topicArn: `${system.topicArn}-gone`,
    api: { ...system.api, url: 'http://127.0.0.1:1' },
  };
  const failed = await seed(options({ systems: [gone, system] }));
  expect(failed).toEqual([
    { system: 'system-02', error: expect.objectContaining({ name: 'NotFoundException' }) },
  ]);
  expect(api.clients.get(firstId)).toEqual(clientOf(firstId));
  subscriber.abort();
  await done;
});

test("a topic that is not there is the caller's error, at once", async () => {
  const missing = { ...system, topicArn: `${system.topicArn}-gone` };
  await expect(seed(options({ systems: [missing] }))).rejects.toThrow(/topic/i);
});

test('ids that may be real are refused before anything is published', async () => {
  for (const first of [1_001, 1_999_999_999, 2_000_999_999]) {
    const seeded = { firstId: first, count: 500 };
    const seeding = seed(options({ service: { ...service.load, seeded } }));
    await expect(seeding).rejects.toThrow(`ids from ${first} on may be real`);
  }
});

test('names what is missing where a system has no topic, and nothing that could be asked for', async () => {
  const { topicArn: _topicArn, ...bare } = system;
  const withoutTopic = {
    service: service.load,
    systems: [bare],
    sns,
    credentials: testCredentials,
    clock: systemClock,
  };
  await expect(seed(withoutTopic)).rejects.toThrow(/its document has no topicArn/);
});
