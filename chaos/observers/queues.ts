import { seenFor } from '../lacking.ts';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { queuedMessages } from '../../loadtests/messages/queuedMessages.ts';
import { limits } from '../../monitoring/limits.ts';
import { queueAttributeMs } from '../queueAttribute.ts';
import type { Observer, LookContext } from './observer.ts';

/**
 * How long a message that failed is away before it is tried again, the longest of the systems', in milliseconds.
 * @throws Error where SQS does not tell
 */
export async function longestVisibilityMs(
  sqs: SQSClient,
  systems: readonly PublishedDocument[],
): Promise<number> {
  const each = systems.map(({ queues }) =>
    queues?.subscriber
      ? visibilityTimeoutMs(sqs, queues.subscriber.url)
      : Promise.resolve(limits.drill.asynchronousRetryMs),
  );
  return Math.max(...(await Promise.all(each)));
}

/** How long a message that was received stays invisible, in milliseconds. */
async function visibilityTimeoutMs(sqs: SQSClient, url: string): Promise<number> {
  const timeoutMs = await queueAttributeMs(sqs, url, 'VisibilityTimeout');
  if (timeoutMs !== undefined) return timeoutMs;
  throw new Error(`queue ${url}: SQS reported no VisibilityTimeout`);
}

export const observeQueues =
  ({ observations, clients, clock }: LookContext): Observer =>
  async (signal) => {
    await Promise.all(
      seenFor('queues', observations).map(async ({ document, queued }) => {
        const value = await queuedMessages(clients.sqs, document.queues.subscriber.url, signal);
        queued.push({ atMs: clock.now(), value });
      }),
    );
  };
