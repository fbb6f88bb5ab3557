import {
  CreateTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NonRetryableMessageError } from '../../../service/errors.ts';
import { createDeadLetters } from '../../../service/handlers/deadLetters.ts';
import { startTestEndpoint, type TestEndpoint } from '../testing/testEndpoint.ts';
import { Messaging } from './messaging.ts';

let endpoint: TestEndpoint;
let sns: SNSClient;
let sqs: SQSClient;
beforeEach(async () => {
  endpoint = await startTestEndpoint();
  sns = new SNSClient(endpoint.clientConfig);
  sqs = new SQSClient(endpoint.clientConfig);
});
afterEach(async () => {
  sns.destroy();
  sqs.destroy();
  await endpoint.close();
});

async function subscribedQueue(): Promise<{ queueUrl: string; topicArn: string }> {
  const { QueueUrl: queueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'items' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'items-topic' }));
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'] ?? '',
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return { queueUrl, topicArn };
}

describe('SNS and SQS', () => {
  it('carries a message from a topic to its queue, through the one endpoint', async () => {
    const { queueUrl, topicArn } = await subscribedQueue();
    expect(queueUrl).toBe(`${endpoint.url}/000000000000/items`);
    expect(topicArn).toBe('arn:aws:sns:us-east-1:000000000000:items-topic');
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: '{"id":1}' }));
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }));
    expect(received.Messages?.[0]?.Body).toBe('{"id":1}');
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: received.Messages?.[0]?.ReceiptHandle }),
    );
    expect((await endpoint.state.messaging.queues()).get('items')).toEqual({
      visible: 0,
      inFlight: 0,
      delayed: 0,
    });
  });

  it('gives the same URL when a queue is looked up by name', async () => {
    const { queueUrl } = await subscribedQueue();
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'items' }));
    expect(found.QueueUrl).toBe(queueUrl);
  });

  it('leaves a message alone that speaks of queue URLs', async () => {
    const { queueUrl } = await subscribedQueue();
    const MessageBody = 'http://sqs.us-east-1.localhost/000000000000/items';
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(received.Messages?.[0]?.Body).toBe(MessageBody);
  });

  it('publishes what the stage itself has to say', async () => {
    const { queueUrl, topicArn } = await subscribedQueue();
    await endpoint.state.messaging.publish(topicArn, { subject: 'ALARM: "x"', message: '{"a":1}' });
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }));
    expect(received.Messages?.[0]?.Body).toBe('{"a":1}');
    await expect(
      endpoint.state.messaging.publish(`${topicArn}-none`, { subject: 's', message: 'm' }),
    ).rejects.toThrow('items-topic-none');
  });

  it('takes a message all the same whose topic calls a function that is no more, as after a restart with kept messages', async () => {
    const { queueUrl, topicArn } = await subscribedQueue();
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn,
        Protocol: 'lambda',
        Endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:gone',
      }),
    );
    const { MessageId } = await sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'once' }));
    expect(MessageId).toBeDefined();
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['once']);
  });

  it('refuses a message that has a text for each protocol, by name, since all would get the whole', async () => {
    const { topicArn: TopicArn } = await subscribedQueue();
    const entry = { Message: '{"default":"hello"}', MessageStructure: 'json' };
    await expect(sns.send(new PublishCommand({ TopicArn, ...entry }))).rejects.toThrow('MessageStructure');
    const batch = { TopicArn, PublishBatchRequestEntries: [{ Id: 'a', ...entry }] };
    await expect(sns.send(new PublishBatchCommand(batch))).rejects.toThrow('MessageStructure');
  });

  it('tells how many messages wait, and since when', async () => {
    const { queueUrl } = await subscribedQueue();
    const beforeMs = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'first' }));
    const afterMs = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'second' }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    const { messaging } = endpoint.state;
    expect((await messaging.queues()).get('items')).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    const oldestMs = await messaging.oldestMessageMs('items');
    expect(oldestMs).toBeGreaterThanOrEqual(beforeMs);
    expect(oldestMs).toBeLessThanOrEqual(afterMs);
    expect(await messaging.oldestMessageMs('none')).toBeUndefined();
  });

  it('ends a long poll when the endpoint closes', async () => {
    const { queueUrl } = await subscribedQueue();
    const poll = sqs
      .send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 20 }))
      .catch(() => 'ended');
    const startedMs = Date.now();
    await endpoint.close();
    await poll;
    expect(Date.now() - startedMs).toBeLessThan(5_000);
    endpoint = await startTestEndpoint();
  });

  it('takes every character that SQS takes, and no other', async () => {
    const { queueUrl: QueueUrl, topicArn } = await subscribedQueue();
    const bodies = ['😀'.repeat(100), '\t\n\r\u{20}\u{D7FF}\u{E000}\u{FFFD}', '\u{10000}\u{10FFFF}', 'ñ'];
    for (const [index, body] of bodies.entries()) {
      if (index % 2 === 0) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      else await sns.send(new PublishCommand({ TopicArn: topicArn, Message: body }));
    }
    const entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries }));
    expect(sent.Failed ?? []).toEqual([]);
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(received.Messages?.map(({ Body }) => Body)).toEqual([...bodies, ...bodies]);
    for (const MessageBody of ['\u{0}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}']) {
      await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))).rejects.toMatchObject({
        name: expect.stringContaining('InvalidMessageContents'),
      });
    }
  });

  it('takes what the subscriber gives up, whatever its characters', async () => {
    const { queueUrl } = await subscribedQueue();
    const reason = new NonRetryableMessageError('messageInvalid', 'name: expected at most 255 bytes');
    const letters = ['😀'.repeat(100), 'plain'].map((name) => ({
      body: JSON.stringify({ name }),
      reason,
    }));
    expect(await createDeadLetters(sqs, queueUrl).send(letters)).toEqual(new Map());
    expect((await endpoint.state.messaging.queues()).get('items')?.visible).toBe(2);
  });

  it('counts what is sent to a queue, also through its topic, and not what its redrive moves', async () => {
    const { queueUrl: QueueUrl, topicArn } = await subscribedQueue();
    const dead = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }));
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 1,
    });
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy, VisibilityTimeout: '0' } }),
    );
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'a' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b' }));
    const Entries = ['c', 'd'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    await sqs.send(receive);
    await sqs.send(receive);
    expect((await endpoint.state.messaging.queues()).get('dead')?.visible).toBe(4);
    await sqs.send(new SendMessageCommand({ QueueUrl: dead.QueueUrl, MessageBody: 'e' }));
    const sent = (QueueName: string) =>
      endpoint.state.metrics
        .query({
          namespace: 'AWS/SQS',
          name: 'NumberOfMessagesSent',
          dimensions: { QueueName },
          statistic: 'Sum',
          periodSeconds: 3_600,
          startMs: Date.now() - 60_000,
          endMs: Date.now() + 60_000,
        })
        .reduce((sum, { value }) => sum + value, 0);
    expect(sent('items')).toBe(4);
    expect(sent('dead')).toBe(1);
  });

  describe('refuse what AWS refuses', () => {
    it('a message without a body, and a delay above 900 seconds', async () => {
      const { queueUrl: QueueUrl } = await subscribedQueue();
      await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '' }))).rejects.toMatchObject({
        name: 'MissingParameter',
      });
      const late = { MessageBody: 'x', DelaySeconds: 901 };
      await expect(sqs.send(new SendMessageCommand({ QueueUrl, ...late }))).rejects.toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining('Value 901 for parameter DelaySeconds is invalid'),
      });
      const Entries = [
        { Id: 'late', ...late },
        { Id: 'now', MessageBody: 'y' },
      ];
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['now']);
      expect(answer.Failed).toEqual([
        {
          Id: 'late',
          SenderFault: true,
          Code: 'InvalidParameterValue',
          Message: expect.stringContaining('901'),
        },
      ]);
      const none = [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'b', MessageBody: '' },
      ];
      await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: none }))).rejects.toMatchObject({
        name: 'MissingParameter',
        message: expect.stringContaining('SendMessageBatchRequestEntry.2.MessageBody'),
      });
      expect((await endpoint.state.messaging.queues()).get('items')?.visible).toBe(1);
    });

    it('a receipt handle that is none, and not one of a message that is gone', async () => {
      const { queueUrl: QueueUrl } = await subscribedQueue();
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
      const ReceiptHandle = Messages[0]?.ReceiptHandle;
      const madeUp = { QueueUrl, ReceiptHandle: 'made up' };
      await expect(sqs.send(new DeleteMessageCommand(madeUp))).rejects.toMatchObject({
        name: 'ReceiptHandleIsInvalid',
      });
      const change = new ChangeMessageVisibilityCommand({ ...madeUp, VisibilityTimeout: 0 });
      await expect(sqs.send(change)).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
      const Entries = [
        { Id: 'made-up', ReceiptHandle: 'x' },
        { Id: 'real', ReceiptHandle },
      ];
      const answer = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      expect(answer.Successful).toEqual([{ Id: 'real' }]);
      expect(answer.Failed).toMatchObject([
        { Id: 'made-up', Code: 'ReceiptHandleIsInvalid', SenderFault: true },
      ]);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      expect((await endpoint.state.messaging.queues()).get('items')?.inFlight).toBe(0);
    });

    it('a batch to a topic of more than 256 KiB, or with a message that is empty', async () => {
      const { topicArn: TopicArn } = await subscribedQueue();
      const publish = (...messages: string[]) =>
        sns.send(
          new PublishBatchCommand({
            TopicArn,
            PublishBatchRequestEntries: messages.map((Message, index) => ({ Id: String(index), Message })),
          }),
        );
      await expect(publish('x'.repeat(150_000), 'x'.repeat(150_000))).rejects.toMatchObject({
        name: 'BatchRequestTooLongException',
      });
      await expect(publish('x', '')).rejects.toMatchObject({ name: 'InvalidParameterException' });
      // Below the limit, though not as the form it is sent in.
      expect((await publish('ñ'.repeat(60_000), 'ñ'.repeat(60_000))).Successful).toHaveLength(2);
    });
  });

  it('knows one account only', () => {
    expect(() => new Messaging({ region: 'us-east-1', accountId: '123456789012' })).toThrow(
      'expected 000000000000',
    );
  });
});
