import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { callLimit } from '../callLimit.ts';
import type { Observer, ObserverContext } from './observer.ts';

const counted = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const satisfies readonly QueueAttributeName[];

/** Messages in a queue: waiting, being worked on, delayed. Approximate, as SQS tells it. */
export async function queuedMessages(sqs: SQSClient, url: string, signal?: AbortSignal): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...counted] }),
    { abortSignal: callLimit(signal) },
  );
  return counted.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

/** How long a message that was received stays invisible, in milliseconds. */
export async function visibilityTimeoutMs(sqs: SQSClient, url: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['VisibilityTimeout'] }),
    { abortSignal: callLimit() },
  );
  const seconds = Number(Attributes?.['VisibilityTimeout']);
  if (Number.isFinite(seconds)) return seconds * 1_000;
  throw new Error(`queue ${url}: SQS told no VisibilityTimeout`);
}

export const observeQueues =
  ({ observations, clients, clock }: ObserverContext): Observer =>
  async (signal) => {
    await Promise.all(
      observations.map(async ({ document, queued }) => {
        const value = await queuedMessages(clients.sqs, document.queues.customers.url, signal);
        queued.push({ atMs: clock.now(), value });
      }),
    );
  };
