import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  const { QueueUrl: queueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'customers' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { TopicArn: topicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'customers-topic' }));
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
    expect(queueUrl).toBe(`${endpoint.url}/000000000000/customers`);
    expect(topicArn).toBe('arn:aws:sns:us-east-1:000000000000:customers-topic');
    await sns.send(new PublishCommand({ TopicArn: topicArn, Message: '{"id":1}' }));
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }));
    expect(received.Messages?.[0]?.Body).toBe('{"id":1}');
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: received.Messages?.[0]?.ReceiptHandle }),
    );
    expect((await endpoint.state.messaging.queues()).get('customers')).toEqual({
      visible: 0,
      inFlight: 0,
      delayed: 0,
    });
  });

  it('gives the same URL when a queue is looked up by name', async () => {
    const { queueUrl } = await subscribedQueue();
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'customers' }));
    expect(found.QueueUrl).toBe(queueUrl);
  });

  it('leaves a message alone that speaks of queue URLs', async () => {
    const { queueUrl } = await subscribedQueue();
    const MessageBody = 'http://sqs.us-east-1.localhost/000000000000/customers';
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
    ).rejects.toThrow('customers-topic-none');
  });

  it('tells how many messages wait, and since when', async () => {
    const { queueUrl } = await subscribedQueue();
    const beforeMs = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'first' }));
    const afterMs = Date.now();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'second' }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    const { messaging } = endpoint.state;
    expect((await messaging.queues()).get('customers')).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    const oldestMs = await messaging.oldestMessageMs('customers');
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

  it('knows one account only', () => {
    expect(() => new Messaging({ region: 'us-east-1', accountId: '123456789012' })).toThrow(
      'expected 000000000000',
    );
  });
});
