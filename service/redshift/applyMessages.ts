import type { ClientBase, QueryResult } from 'pg';
import { newestOfEach, type VersionedMessage } from '../domain/version.ts';
import type { Message } from '../domain/message.ts';
import type { Applied } from '../handlers/messageKind.ts';
import { retryConflicts, type RetryOptions } from './retryConflicts.ts';
import * as sql from './sql.ts';

/**
 * Applies messages in one transaction, so that a client ends as its newest event says, however often, in
 * whatever order and by however many subscribers they are applied. Begun again when the database reports a
 * conflict.
 * @throws ServiceError `batchConflict` when the conflicts do not end
 */
export async function applyMessages(
  client: ClientBase,
  messages: readonly Message[],
  options: RetryOptions,
): Promise<Applied> {
  const newest = newestOfEach(messages);
  const applied = await retryConflicts(client, () => transaction(client, newest), options);
  return { applied, superseded: messages.length - applied };
}

async function transaction(client: ClientBase, newest: readonly VersionedMessage[]): Promise<number> {
  // The lock first, before anything that takes the snapshot: a waiter must see what the holder has written.
  await client.query(sql.inOne([sql.begin, sql.lockWriters, sql.createStaging]));
  for (let first = 0; first < newest.length; first += sql.maxStagingRows) {
    const rows = newest.slice(first, first + sql.maxStagingRows);
    await client.query(sql.insertStaging(rows.length), rows.flatMap(stagingValues));
  }
  const apply = sql.inOne([sql.deleteSuperseded, ...sql.applyStaging, sql.commit]);
  // A result for each statement, which pg's types know nothing of.
  const [superseded] = (await client.query(apply)) as unknown as [QueryResult];
  return newest.length - (superseded.rowCount ?? 0);
}

const stagingValues = ({ message, version }: VersionedMessage): (string | number)[] => [
  message.id,
  message.nombre,
  message.apellido,
  message.rut,
  message.correo,
  version.occurredAtMs,
  version.hash,
];
