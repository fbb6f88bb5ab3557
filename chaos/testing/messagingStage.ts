import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startAwsEndpoint } from '../../local/aws/endpoint.ts';
import { createAwsState } from '../../local/aws/state.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { systemClock } from '../../core/clock.ts';
import { poisonReasons } from '../poison.ts';
import type { DrillIdentity } from '../identity.ts';
import { account, clientOptionsAt, credentials } from './securityGroupStage.ts';
import { testDocument } from './systemDocuments.ts';

/** One system's topic and queues; nobody subscribes but the test, by `subscriber`. */
export async function startMessagingStage() {
  const clock = systemClock;
  const state = createAwsState({ ...account, clock });
  const endpoint = await startAwsEndpoint({
    ...account,
    state,
    clock,
    credentials,
    host: '127.0.0.1',
    port: 0,
  });
  const sqs = new SQSClient(clientOptionsAt(endpoint.url));
  const sns = new SNSClient(clientOptionsAt(endpoint.url));
  const document = testDocument('system-01');
  const queueNamed = async (name: string): Promise<{ name: string; url: string }> => {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    return { name, url: QueueUrl };
  };
  const queues = {
    subscriber: await queueNamed(document.queues.subscriber.name),
    deadLetter: await queueNamed(document.queues.deadLetter.name),
    undelivered: await queueNamed(document.queues.undelivered.name),
  };
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'items-topic' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queues.subscriber.url, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.['QueueArn'],
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  const system: SystemDocument = { ...document, topicArn: TopicArn, queues };

  const receive = async (url: string, VisibilityTimeout = 30) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout }),
    );
    return Messages;
  };
  const giveUp = (MessageBody: string, reason: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: queues.deadLetter.url,
        MessageBody,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    );
  return {
    url: endpoint.url,
    system,
    sqs,
    sns,
    /** Puts a dead letter there, whoever's. */
    giveUp,
    /** Empties the subscriber's queue: what is a drill's poison is given up, the rest is good. */
    subscriber: async (identity: DrillIdentity): Promise<string[]> => {
      const bodies: string[] = [];
      const reasons = poisonReasons(identity);
      for (;;) {
        const messages = await receive(queues.subscriber.url);
        if (messages.length === 0) return bodies;
        for (const { Body = '', ReceiptHandle } of messages) {
          bodies.push(Body);
          const reason = reasons.get(Body);
          if (reason !== undefined) await giveUp(Body, reason);
          await sqs.send(new DeleteMessageCommand({ QueueUrl: queues.subscriber.url, ReceiptHandle }));
        }
      }
    },
    /** Reads the dead letters and keeps them from everybody else for so many seconds. */
    hideDeadLetters: (seconds: number) => receive(queues.deadLetter.url, seconds),
    /** Bodies that anybody finds among the dead letters now. */
    deadLetters: async (): Promise<string[]> => {
      const messages = await receive(queues.deadLetter.url, 0);
      return messages.map(({ Body = '' }) => Body).toSorted();
    },
    close: () => endpoint.close(),
  };
}
