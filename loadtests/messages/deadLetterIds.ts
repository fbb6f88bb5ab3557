import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import type { ServiceLoad } from '../../fleet/serviceLoad.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { readDeadLetters } from './deadLetterQueue.ts';

/**
 * Ids of the messages that a system's subscriber gave up, and of those that SNS could not hand over. The queues are
 * read without deleting: every message is given back.
 */
export async function deadLetterIds(
  sqs: SQSClient,
  { queues }: Pick<PublishedDocument, 'queues'>,
  service: Pick<ServiceLoad, 'idOf'>,
  signal?: AbortSignal,
): Promise<Set<number>> {
  const ids = new Set<number>();
  for (const { url } of keptIn(queues)) {
    for (const { Body } of await readDeadLetters(sqs, url, signal ? { signal } : {})) {
      const id = idIn(Body ?? '', service);
      if (id !== null) ids.add(id);
    }
  }
  return ids;
}

/**
 * Deletes those of a system's given-up and undelivered messages whose id is wanted gone; every other is given back.
 * @returns how many it has deleted
 */
export async function takeDeadLetters(
  sqs: SQSClient,
  { queues }: Pick<PublishedDocument, 'queues'>,
  service: Pick<ServiceLoad, 'idOf'>,
  isOwn: (id: number) => boolean,
  signal?: AbortSignal,
): Promise<number> {
  const isTaken = ({ Body = '' }: Message): boolean => {
    const id = idIn(Body, service);
    return id !== null && isOwn(id);
  };
  let taken = 0;
  for (const { url } of keptIn(queues)) {
    const read = await readDeadLetters(sqs, url, { ...(signal ? { signal } : {}), takeAway: isTaken });
    taken += read.filter(isTaken).length;
  }
  return taken;
}

/** Those of the two queues that the system has. */
const keptIn = (queues: PublishedDocument['queues']) =>
  [queues?.deadLetter, queues?.undelivered].filter((queue) => queue !== undefined);

/** The id in a message as published, or inside SNS's envelope; null where there is none. */
const idIn = (body: string, { idOf }: Pick<ServiceLoad, 'idOf'>): number | null =>
  idOf(body) ?? idOf(messageIn(body));

/** What SNS's envelope holds; empty where it is none. */
function messageIn(body: string): string {
  try {
    const { Message = '' } = JSON.parse(body) as { Message?: unknown };
    return typeof Message === 'string' ? Message : '';
  } catch {
    return '';
  }
}
