import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { parseMessage } from '../../service/domain/message.ts';
import type { RunFile } from '../../records/run.ts';
import { idsIn } from '../messages/idRanges.ts';
import { runLoad } from './load.ts';
import { summaryLines } from './summary.ts';
import { limits } from '../../monitoring/limits.ts';
import { seedAll, startFakeApi, testCredentials, type FakeApi } from './testing/fakeApi.ts';
import { loadOptions } from './testing/loadOptions.ts';
import { systemAt } from './testing/systems.ts';

let directory: string;
let api: FakeApi;
let endpoint: TestEndpoint;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-publish-'));
  api = await startFakeApi();
  seedAll(api);
  endpoint = await startTestEndpoint(systemClock, { credentials: testCredentials });
});
afterEach(async () => {
  await endpoint.close();
  await api.close();
  await rm(directory, { recursive: true });
});

const firstId = limits.messageIds.first;

/** The peak of 20 requests and so many messages a second, over a second and two. */
const load = (topicArn: string, messagesPerSecond: number, snsUrl = endpoint.url): Promise<RunFile> => {
  const system = systemAt('system-01', api.url, 20, topicArn);
  const systems = [{ ...system, expectedPeak: { ...system.expectedPeak, messagesPerSecond } }];
  const runDirectory = join(directory, 'run-1');
  const sns = new SNSClient({ region: 'us-east-1', endpoint: snsUrl });
  return runLoad(loadOptions({ profile: 'peak', systems, runDirectory }, { sns, firstMessageId: firstId }));
};

/** A topic whose messages wait in a queue, and what takes them out of it. */
async function topicWithQueue(): Promise<{ topicArn: string; received: () => Promise<string[]> }> {
  const sns = new SNSClient(endpoint.clientConfig);
  const sqs = new SQSClient(endpoint.clientConfig);
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'items' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'items' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-1:000000000000:items',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const received = async (): Promise<string[]> => {
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
      );
      if (Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body = '' }) => Body));
    }
  };
  return { topicArn, received };
}

const failedThresholds = (run: RunFile): string[] =>
  run.thresholds.filter(({ ok }) => !ok).map(({ metric }) => metric);

test.each([
  ['one by one', 6, 1],
  ['in batches', 60, 10],
])(
  'a peak publishes its messages %s, at their rate, each id once and as the service takes them',
  async (_, rate, batchSize) => {
    const { topicArn, received } = await topicWithQueue();
    const run = await load(topicArn, rate);
    expect(failedThresholds(run)).toEqual([]);
    const [{ hold, messages } = { hold: undefined, messages: undefined }] = run.systems;
    expect(hold).toMatchObject({ failed: 0, intendedPerSecond: 20 });
    expect(messages).toMatchObject({
      batchSize,
      hold: { failed: 0, unresolved: 0, dropped: 0 },
      unresolvedIds: [],
    });
    for (const perSecond of [messages!.hold.intendedPerSecond, messages!.hold.achievedPerSecond])
      expect(Math.abs(perSecond - rate)).toBeLessThanOrEqual(batchSize / 2);
    const arrived = (await received()).map(parseMessage);
    expect(arrived.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([
      ...idsIn(messages!.acknowledgedIds),
    ]);
    expect(messages!.acknowledgedIds).toEqual([{ first: firstId, last: firstId + arrived.length - 1 }]);
    const inSeries = messages!.series.reduce((sum, second) => sum + (second.acknowledged ?? 0), 0);
    expect(inSeries).toBe(arrived.length);
    expect(summaryLines(run).join('\n')).toMatch(
      /system-01: \d+\.\d of 20\.0 requests a second, .*\n {2}system-01: \d+\.\d of \d+\.\d messages a second, 0 refused, 0 unresolved, 0 dropped, p50 /,
    );
  },
);

test.each([['cluster'], ['topicArn']] as const)(
  'a system whose document has no %s is sent its requests, and no message',
  async (part) => {
    const { topicArn, received } = await topicWithQueue();
    const { [part]: _lacking, ...system } = systemAt('system-01', api.url, 20, topicArn);
    const options = { profile: 'peak', systems: [system], runDirectory: join(directory, 'run-1') };
    const sns = new SNSClient({ region: 'us-east-1', endpoint: endpoint.url });
    const run = await runLoad(loadOptions(options, { sns, firstMessageId: firstId }));
    expect(run.systems[0]?.hold).toMatchObject({ failed: 0, intendedPerSecond: 20 });
    expect(run.systems[0]?.messages).toBeUndefined();
    expect(await received()).toEqual([]);
  },
);

test('messages that SNS refuses have failed: none was published, and the threshold says so', async () => {
  const run = await load('arn:aws:sns:us-east-1:000000000000:nowhere', 6);
  expect(failedThresholds(run)).toEqual(['messages_acknowledged{system:system-01,phase:hold}']);
  const { messages, hold } = run.systems[0]!;
  expect(messages!.hold).toMatchObject({ acknowledged: 0, achievedPerSecond: 0, unresolved: 0 });
  expect(messages!.hold.failed).toBeGreaterThanOrEqual(11);
  expect([messages!.acknowledgedIds, messages!.unresolvedIds]).toEqual([[], []]);
  expect(hold.failed).toBe(0);
});

test('messages without an answer are unresolved: SNS may have them', async () => {
  const silent = createServer((request) => void request.socket.destroy()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const run = await load('arn:aws:sns:us-east-1:000000000000:a', 6, url);
  silent.close();
  const { messages } = run.systems[0]!;
  expect(messages!.hold).toMatchObject({ acknowledged: 0, failed: 0, latencyMs: null });
  expect(messages!.hold.unresolved).toBeGreaterThanOrEqual(11);
  const [{ first, last }] = messages!.unresolvedIds as [{ first: number; last: number }];
  expect(first).toBe(firstId);
  expect(last - first + 1).toBeGreaterThanOrEqual(messages!.hold.unresolved);
});
