import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock } from '../core/clock.ts';
import {
  fieldsMissing,
  hasParts,
  type DocumentWith,
  type PublishedDocument,
} from '../fleet/systemDocument.ts';
import { eachSystem } from './eachSystem.ts';
import { giveBack } from '../loadtests/messages/heldMessages.ts';

export interface RedriveOptions {
  sqs: SQSClient;
  /** URL of the queue whose messages go back. */
  from: string;
  /** URL of the subscriber's queue. */
  to: string;
  /** Whether messages that can never succeed go back too: once their reason is gone. */
  includeNonRetryable: boolean;
  clock: Clock;
  signal: AbortSignal;
}

export interface Redriven {
  moved: number;
  /** What can never succeed and stays, by its reason. */
  left: Record<string, number>;
}

export interface RedrivenQueue extends Redriven {
  system: string;
  /** Its name. */
  queue: string;
}

/** Whether messages can be taken from somewhere, and given back to the subscriber. */
export const redrivable = (document: PublishedDocument): document is DocumentWith<'queues.subscriber'> =>
  hasParts(document, ['queues.subscriber']) &&
  (document.queues.deadLetter !== undefined || document.queues.undelivered !== undefined);

/** What of a system is not redriven, and for lack of which fields; null where all is. */
export function notRedriven(document: PublishedDocument): string | null {
  const { system } = document;
  const lacks = fieldsMissing(document, ['queues.subscriber', 'queues.deadLetter', 'queues.undelivered']);
  if (lacks === '') return null;
  return redrivable(document)
    ? `${system}: what lies in a queue that is not named is not redriven, since it lacks ${lacks}`
    : `${system}: nothing is redriven, since it lacks ${lacks}`;
}

/**
 * Moves what lies in the systems' queues of given-up and undelivered messages back. One system that fails stops no
 * other.
 * @param onDone told each queue as it is done
 * @throws SystemsFailedError naming those that failed
 */
export async function redriveSystems(
  systems: readonly DocumentWith<'queues.subscriber'>[],
  options: Omit<RedriveOptions, 'from' | 'to'>,
  onDone: (redriven: RedrivenQueue) => void,
): Promise<void> {
  await eachSystem(
    systems,
    async ({ system, queues }) => {
      for (const from of [queues.deadLetter, queues.undelivered].filter((queue) => queue !== undefined)) {
        const redriven = await redrive({ ...options, from: from.url, to: queues.subscriber.url });
        onDone({ system, queue: from.name, ...redriven });
      }
    },
    options,
  );
}

/** How long a message is hidden from others while it waits for its turn, or is left. */
const holdSeconds = 300;
/** Long polling asks every server of the queue; a short poll may come back empty too early. */
const waitSeconds = 2;

/**
 * Moves what lies in a queue of given-up or undelivered messages back to the subscriber's queue. Not by SQS's
 * own move task: that takes only what a queue's redrive policy has put there, and neither what SNS could not
 * deliver nor a choice among the messages. A message is deleted once its copy is taken, so that an end in
 * between leaves it twice and never lost; the subscriber changes nothing for the second.
 *
 * What arrives after the beginning stays: it may be what has just been moved and was given up again.
 * @throws the client's errors, and the signal's reason when aborted; what was not moved is visible again.
 */
export async function redrive(options: RedriveOptions): Promise<Redriven> {
  const { sqs, from, clock, signal } = options;
  const startedMs = clock.now();
  const kept: Message[] = [];
  const redriven: Redriven = { moved: 0, left: {} };
  try {
    for (;;) {
      signal.throwIfAborted();
      const messages = await receive(sqs, from, signal);
      kept.push(...messages);
      const earlier = messages.filter(({ Attributes }) => Number(Attributes?.SentTimestamp) < startedMs);
      if (earlier.length === 0) return redriven;
      for (const message of earlier) {
        const reason = message.MessageAttributes?.['reason']?.StringValue;
        if (reason !== undefined && !options.includeNonRetryable) {
          redriven.left[reason] = (redriven.left[reason] ?? 0) + 1;
          continue;
        }
        await move(options, message);
        kept.splice(kept.indexOf(message), 1);
        redriven.moved += 1;
      }
    }
  } finally {
    await giveBack(sqs, from, kept);
  }
}

async function receive(sqs: SQSClient, url: string, signal: AbortSignal): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: holdSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['SentTimestamp'],
      MessageAttributeNames: ['All'],
    }),
    { abortSignal: signal },
  );
  return Messages;
}

/** Sends first, deletes then, and is not interrupted in between. */
async function move({ sqs, from, to }: RedriveOptions, { Body, ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: messageIn(Body ?? '') }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
}

/** The message as it was published: SNS may have put it into an envelope. */
function messageIn(body: string): string {
  try {
    const value = JSON.parse(body) as { Type?: unknown; TopicArn?: unknown; Message?: unknown } | null;
    if (value?.Type === 'Notification' && value.TopicArn !== undefined && typeof value.Message === 'string') {
      return value.Message;
    }
  } catch {
    // Not JSON, so not an envelope.
  }
  return body;
}
