import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { readDeadLetters } from './deadLetterQueue.ts';

/**
 * Ids of the messages that a system's subscriber gave up, and of those that SNS could not hand over. The queues are
 * read without deleting: every message is given back.
 */
export async function deadLetterIds(
  sqs: SQSClient,
  { queues: { deadLetter, undelivered } }: SystemDocument,
  signal: AbortSignal,
): Promise<Set<number>> {
  const ids = new Set<number>();
  for (const { url } of [deadLetter, undelivered]) {
    for (const { Body } of await readDeadLetters(sqs, url, { signal })) {
      const id = idOf(Body ?? '');
      if (id !== null) ids.add(id);
    }
  }
  return ids;
}

/** The id in a message as published, or inside SNS's envelope; null where there is none. */
function idOf(body: string): number | null {
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
