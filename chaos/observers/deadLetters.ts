import type { SQSClient } from '@aws-sdk/client-sqs';
import { readDeadLetters } from '../deadLetterQueue.ts';
import type { Observer, ObserverContext } from './observer.ts';
import { queuedMessages } from './queues.ts';

/** How many messages the dead-letter queues hold, whoever's they are. */
export const observeDeadLetters =
  ({ observations, clients, clock }: ObserverContext): Observer =>
  async (signal) => {
    await Promise.all(
      observations.map(async ({ document, deadLetters }) => {
        const value = await queuedMessages(clients.sqs, document.queues.deadLetter.url, signal);
        deadLetters.push({ atMs: clock.now(), value });
      }),
    );
  };

/**
 * Ids of messages in a dead-letter queue. It is read without deleting: every message is given back.
 */
export async function deadLetterIds(sqs: SQSClient, url: string, signal: AbortSignal): Promise<Set<number>> {
  const ids = new Set<number>();
  for (const { Body } of await readDeadLetters(sqs, url, { signal })) {
    const id = idOf(Body ?? '');
    if (id !== null) ids.add(id);
  }
  return ids;
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
