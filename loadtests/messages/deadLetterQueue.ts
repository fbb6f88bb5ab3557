import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { giveBack, inCalls } from './heldMessages.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { queuedMessages } from './queuedMessages.ts';

/** Long enough to read the queue to its end, so that no message is met twice. */
const visibilitySeconds = 60;
/** Reads are bounded: a queue this full is a finding of its own. */
const maximumRead = 10_000;

/**
 * All messages of a dead-letter queue, with their attributes. Those that `takeAway` names are deleted; every
 * other is given back, also when this fails or `signal` aborts.
 */
export async function readDeadLetters(
  sqs: SQSClient,
  url: string,
  { signal, takeAway = () => false }: { signal?: AbortSignal; takeAway?: (message: Message) => boolean } = {},
): Promise<Message[]> {
  const read: Message[] = [];
  if ((await queuedMessages(sqs, url, signal)) === 0) return read;
  let kept = read;
  try {
    while (read.length < maximumRead) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: visibilitySeconds,
          // Long polling asks every server of the queue; a short poll may come back empty too early.
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['reason'],
        }),
        { abortSignal: callLimit(signal) },
      );
      if (Messages.length === 0) break;
      read.push(...Messages);
    }
    await deleteAll(sqs, url, read.filter(takeAway));
    kept = read.filter((message) => !takeAway(message));
  } finally {
    await giveBack(sqs, url, kept, callLimit);
  }
  return read;
}

async function deleteAll(sqs: SQSClient, url: string, messages: readonly Message[]): Promise<void> {
  for (const Entries of inCalls(messages)) {
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), {
      abortSignal: callLimit(),
    });
    if (Failed[0]) throw new Error(`queue ${url}: a message could not be deleted: ${Failed[0].Code}`);
  }
}
