import { adminDataApi } from '../../chaos/observers/dataApi.ts';
import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/describeError.ts';
import type { Service } from '../../fleet/service.ts';
import type { MessagingDocument } from '../../fleet/systemDocument.ts';
import { deadLetterIds, takeDeadLetters } from '../../loadtests/messages/deadLetterIds.ts';
import { waitingMessages } from '../../loadtests/messages/queuedMessages.ts';
import { limits } from '../../monitoring/limits.ts';
import type { Place } from '../../records/fields.ts';
import { countTestIds, removeTestRows } from '../../loadtests/messages/testRows.ts';
import type { Connection } from '../connection.ts';
import { eachSystem } from '../eachSystem.ts';

export interface RemovalOptions {
  connection: { place: Place; clients: Pick<Connection['clients'], 'sqs' | 'dataApi'> };
  /** Whose tables and messages they are. */
  service: Service;
  clock: Clock;
  /** The ids to remove, first and last included. */
  ids: { first: number; last: number };
  /** How many of them were published and are stored sooner or later; null where nobody knows. */
  published: number | null;
  /** Whether most likely none was: then none in sight at the first look is the answer. */
  probablyNone?: boolean;
  /** How long to wait for what is still on its way. */
  withinMs: number;
  /** What to do with those that the subscriber gave up: leave them to whoever asks why, or delete them. */
  deadLetters: 'leave' | 'delete';
}

/** What became of the test rows of one system. */
export interface RemovedRows {
  system: string;
  /** Different ids. */
  removed: number;
  /** Dead letters of theirs that were deleted. */
  deleted: number;
  /** What may still store or hold one of them, each as a sentence; empty where none is left. */
  left: string[];
}

const betweenLooksMs = 1_000;

/**
 * Waits until what was published is stored, or given up, and removes it from the tables. What is stored later is not:
 * then it says what may come.
 */
export async function removeFromSystem(
  document: MessagingDocument,
  options: RemovalOptions,
): Promise<RemovedRows> {
  const { system, cluster } = document;
  const { ids, connection, service, clock } = options;
  const api = adminDataApi(document, connection.clients.dataApi, clock);
  const block = { first: ids.first, end: ids.last + 1, schema: cluster.schema };
  const result: RemovedRows = { system, removed: 0, deleted: 0, left: [] };
  try {
    const arrived = await waitForArrival(document, options, () =>
      countTestIds(api, service.definition, block),
    );
    if (arrived.waiting > 0) {
      result.left.push(`${arrived.waiting} messages are waiting in ${document.queues?.subscriber?.name}`);
    }
    if (arrived.stored > 0) await removeTestRows(api, service.definition, block);
    result.removed = arrived.stored;
    if (options.published === null || arrived.stored < options.published) {
      await lookAtDeadLetters(document, options, result);
    }
  } catch (error) {
    result.left.push(describeError(error));
  }
  return result;
}

/** The same of several systems, of whose messages nobody knows how many were stored; with what was given up of them. */
export const removeFromAll = (
  systems: readonly MessagingDocument[],
  options: Pick<RemovalOptions, 'connection' | 'service' | 'clock' | 'ids'>,
): Promise<RemovedRows[]> => {
  const withinMs = limits.delivery.withinMs[options.connection.place];
  return eachSystem(systems, (document) =>
    removeFromSystem(document, { ...options, published: null, withinMs, deadLetters: 'delete' }),
  );
};

/** Until all are stored that were published, or the queue has been empty for long enough, or there is no time left. */
async function waitForArrival(
  document: MessagingDocument,
  { connection, clock, published, probablyNone = false, withinMs }: RemovalOptions,
  countStored: () => Promise<number>,
): Promise<{ stored: number; waiting: number }> {
  const deadlineMs = clock.now() + withinMs;
  const emptyForMs = limits.removal.queueEmptyMs[connection.place];
  let emptySinceMs: number | null = null;
  for (;;) {
    const isLast = clock.now() >= deadlineMs;
    try {
      // Asked before the table: what has left the queue by then is in it.
      const waiting = await waitingMessages(connection.clients.sqs, document);
      const stored = await countStored();
      if (published !== null && stored >= published) return { stored, waiting: 0 };
      if (probablyNone && stored === 0 && waiting === 0) return { stored, waiting };
      if (waiting > 0) emptySinceMs = null;
      else emptySinceMs ??= clock.now();
      const isQuiet = emptySinceMs !== null && clock.now() - emptySinceMs >= emptyForMs;
      if (isQuiet || isLast) return { stored, waiting };
    } catch (error) {
      if (isLast) throw error;
    }
    await clock.sleep(betweenLooksMs);
  }
}

async function lookAtDeadLetters(
  document: MessagingDocument,
  { connection, service, ids, deadLetters }: RemovalOptions,
  result: RemovedRows,
): Promise<void> {
  const { sqs } = connection.clients;
  const isOwn = (id: number): boolean => id >= ids.first && id <= ids.last;
  if (deadLetters === 'delete') {
    result.deleted = await takeDeadLetters(sqs, document, service.load, isOwn);
    return;
  }
  const held = [...(await deadLetterIds(sqs, document, service.load))].filter(isOwn).length;
  if (held > 0) result.left.push(`${held} are dead letters, which a redrive would store`);
}
