import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { startTestEndpoint, type TestEndpoint } from '../../local/aws/testing/testEndpoint.ts';
import { QueuePoller } from '../../local/queues/poller.ts';
import { message } from '../../service/load.ts';
import { batchCall, type QueuedFrom } from './queueBatch.ts';

let endpoint: TestEndpoint;
let sqs: SQSClient;
let sns: SNSClient;
beforeAll(async () => {
  endpoint = await startTestEndpoint();
  sqs = new SQSClient(endpoint.clientConfig);
  sns = new SNSClient(endpoint.clientConfig);
});
afterAll(async () => {
  sqs.destroy();
  sns.destroy();
  await endpoint.close();
});

interface Event {
  Records: (Record<string, unknown> & { body: string })[];
}

/** Publishes a message, and answers with the event that the queue's poller makes of it. */
async function delivered(body: string, isRaw: boolean): Promise<{ event: Event; from: QueuedFrom }> {
  const name = isRaw ? 'raw' : 'enveloped';
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
  const queueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const Attributes = { RawMessageDelivery: String(isRaw) };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes }));
  await sns.send(new PublishCommand({ TopicArn, Message: body }));
  const from = { queueArn, region: 'us-east-1', topicArn: TopicArn, isRaw, reportsFailures: true };
  const { promise, resolve } = Promise.withResolvers<Event>();
  const poller = new QueuePoller(
    {
      ...from,
      queueUrl: QueueUrl,
      functionName: 'subscriber',
      batchSize: 1,
      batchWindowMs: 0,
      maximumConcurrency: 2,
      reportBatchItemFailures: true,
    },
    {
      sqs,
      clock: systemClock,
      random: () => 0.5,
      invoke: (_, event) => {
        resolve(event as Event);
        return Promise.resolve({ ok: true, requestId: 'r', payload: null });
      },
      onError: () => undefined,
    },
  );
  poller.start();
  try {
    return { event: await promise, from };
  } finally {
    await poller.stop();
  }
}

/** What a value is, without what differs from one message to the next. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
};

/** What stands in a record of the message itself. */
function contentOf({ body, md5OfBody }: Event['Records'][number], isRaw: boolean): object {
  if (isRaw) return { body, md5OfBody };
  const envelope = JSON.parse(body) as Record<string, unknown>;
  const { Type, TopicArn, Message } = envelope;
  return { fields: Object.keys(envelope), shape: shapeOf(envelope), Type, TopicArn, Message };
}

describe('batchCall', () => {
  it.each([
    ['as it is', true],
    ["in SNS's envelope", false],
  ])('makes the event that the queue’s poller makes of a message that comes %s', async (_, isRaw) => {
    const nowMs = Date.UTC(2026, 10, 3);
    const body = message(2_001_000_000, nowMs);
    const { event, from } = await delivered(body, isRaw);
    const made = batchCall([body], from, nowMs).event as Event;
    expect(shapeOf(made)).toEqual(shapeOf(event));
    const [record] = made.Records;
    const [other] = event.Records;
    const { eventSource, eventSourceARN, awsRegion, messageAttributes } = other!;
    expect(record).toMatchObject({ eventSource, eventSourceARN, awsRegion, messageAttributes });
    expect(contentOf(record!, isRaw)).toEqual(contentOf(other!, isRaw));
  });

  it('holds the answer to what the queue would do with it', () => {
    const from = { queueArn: 'q', region: 'us-east-1', topicArn: 't', isRaw: true };
    const { event, problemWith } = batchCall(['a', 'b'], { ...from, reportsFailures: true }, 0);
    const [{ messageId }] = (event as { Records: [{ messageId: string }] }).Records;
    expect(problemWith({ batchItemFailures: [] })).toBeNull();
    expect(problemWith(null)).toBeNull();
    expect(problemWith({ batchItemFailures: [{ itemIdentifier: messageId }] })).toBe(
      'handed back 1 of 2 messages',
    );
    expect(problemWith({ batchItemFailures: [{ itemIdentifier: 'none' }] })).toBe(
      'handed back 2 of 2 messages',
    );
    expect(problemWith({ statusCode: 500, batchItemFailures: 'x' })).toBe('handed back 2 of 2 messages');
    const unread = batchCall(['a'], { ...from, reportsFailures: false }, 0);
    expect(unread.problemWith({ batchItemFailures: [{ itemIdentifier: 'none' }] })).toBeNull();
  });
});
