import { createHash, randomUUID } from 'node:crypto';
import type { Message } from '@aws-sdk/client-sqs';
import { doneMessages } from '../../local/queues/batchResponse.ts';
import { recordOf, type RecordSource } from '../../local/queues/record.ts';
import type { Call } from './callAlias.ts';

/** How a topic's messages come to a function through its queue. */
export interface QueuedFrom extends RecordSource {
  topicArn: string;
  /** Whether SNS hands over the message as it is, or in an envelope of its own (raw message delivery). */
  isRaw: boolean;
  /** Whether a batch's answer names the messages that failed (`ReportBatchItemFailures`). */
  reportsFailures: boolean;
}

/**
 * The call that a queue's pollers make of published messages, and whether its answer leaves none of them to be tried again.
 * @param nowMs when they came, milliseconds since the epoch
 */
export function batchCall(bodies: readonly string[], from: QueuedFrom, nowMs: number): Call {
  const messages = bodies.map((body) => messageOf(from.isRaw ? body : enveloped(body, from, nowMs), nowMs));
  const ids = messages.map(({ MessageId = '' }) => MessageId);
  return {
    event: { Records: messages.map((message) => recordOf(message, from)) },
    problemWith: (answer) => {
      const done = doneMessages(answer, ids, from.reportsFailures).length;
      return done === ids.length ? null : `handed back ${ids.length - done} of ${ids.length} messages`;
    },
  };
}

/** The identity under which SNS sends to a queue. */
const snsSenderId = 'AIDAIT2UOQQY3AUEKVGXU';

/** As SQS gives a message that nobody has received before; its receipt is none that SQS knows. */
function messageOf(Body: string, nowMs: number): Message {
  const MessageId = randomUUID();
  return {
    MessageId,
    ReceiptHandle: Buffer.from(`not of a queue: ${MessageId}`).toString('base64'),
    Body,
    MD5OfBody: createHash('md5').update(Body).digest('hex'),
    Attributes: {
      SenderId: snsSenderId,
      SentTimestamp: String(nowMs),
      ApproximateReceiveCount: '1',
      ApproximateFirstReceiveTimestamp: String(nowMs),
    },
  };
}

/** SNS's envelope. Its signature is nobody's: only SNS could sign it. */
function enveloped(Message: string, { topicArn, region }: QueuedFrom, nowMs: number): string {
  const sns = `https://sns.${region}.amazonaws.com`;
  return JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Message,
    Timestamp: new Date(nowMs).toISOString(),
    SignatureVersion: '1',
    Signature: 'unsigned',
    SigningCertURL: `${sns}/SimpleNotificationService-${'0'.repeat(32)}.pem`,
    UnsubscribeURL: `${sns}/?Action=Unsubscribe&SubscriptionArn=${topicArn}:${randomUUID()}`,
  });
}
