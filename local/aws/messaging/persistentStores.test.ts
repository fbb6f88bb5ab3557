import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { startTestEndpoint } from '../testing/testEndpoint.ts';
import { openPersistentStores } from './persistentStores.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headroom-messages-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function open() {
  const endpoint = await startTestEndpoint(systemClock, {
    persistent: await openPersistentStores(directory),
  });
  const sns = new SNSClient(endpoint.clientConfig);
  const sqs = new SQSClient(endpoint.clientConfig);
  // As each boot does: what is there already stays as it is.
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'items' }));
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'items-topic' }));
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:items';
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return {
    publish: (Message: string) => sns.send(new PublishCommand({ TopicArn, Message })),
    receive: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
      );
      return Messages;
    },
    remove: (ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    close: async () => {
      sns.destroy();
      sqs.destroy();
      await endpoint.close();
    },
  };
}

it('has after a restart what was published and not deleted, once', async () => {
  const first = await open();
  for (const body of ['a', 'b', 'c']) await first.publish(body);
  const [received] = await first.receive();
  await first.remove(received?.ReceiptHandle);
  await first.close();

  const second = await open();
  await second.publish('d');
  const bodies: string[] = [];
  await expect
    .poll(
      async () => {
        for (const { Body = '', ReceiptHandle } of await second.receive()) {
          bodies.push(Body);
          await second.remove(ReceiptHandle);
        }
        return bodies.toSorted();
      },
      { timeout: 10_000 },
    )
    .toEqual(['b', 'c', 'd']);
  await second.close();
});
