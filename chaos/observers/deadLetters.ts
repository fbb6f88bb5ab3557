import {
  ChangeMessageVisibilityBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { callLimit } from '../callLimit.ts';
import { queuedMessages } from './queues.ts';

/** Long enough to read the queue to its end, so that no message is met twice. */
const visibilitySeconds = 60;
/** Reads are bounded: a queue this full is a finding of its own. */
const maximumRead = 10_000;

/**
 * Ids of messages in a dead-letter queue. It is read without deleting: every message is given back.
 */
export async function deadLetterIds(sqs: SQSClient, url: string, signal: AbortSignal): Promise<Set<number>> {
  const ids = new Set<number>();
  const read: Message[] = [];
  if ((await queuedMessages(sqs, url, signal)) === 0) return ids;
  try {
    while (read.length < maximumRead) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: visibilitySeconds,
          // Long polling asks every server of the queue; a short poll may come back empty too early.
          WaitTimeSeconds: 1,
        }),
        { abortSignal: callLimit(signal) },
      );
      if (Messages.length === 0) break;
      read.push(...Messages);
    }
  } finally {
    await giveBack(sqs, url, read);
  }
  for (const { Body } of read) {
    const id = idOf(Body ?? '');
    if (id !== null) ids.add(id);
  }
  return ids;
}

async function giveBack(sqs: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += 10) {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: messages.slice(start, start + 10).map(({ ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
      { abortSignal: callLimit() },
    );
  }
}

/** The id in a message as published, or inside SNS's envelope; null where there is none. */
export function idOf(body: string): number | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if ('id' in value && typeof value.id === 'number') return value.id;
  return 'Message' in value && typeof value.Message === 'string' ? idOf(value.Message) : null;
}
