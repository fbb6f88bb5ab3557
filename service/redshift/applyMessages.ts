import type { ClientBase, QueryResult } from 'pg';
import { isNewer, newestOfEach, type Version, type VersionedMessage } from '../domain/version.ts';
import type { Message } from '../domain/message.ts';
import type { Applied } from '../handlers/messageKind.ts';
import { retryConflicts, type RetryOptions } from './retryConflicts.ts';
import { insertRows } from './insertRows.ts';
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
  const look = sql.inOne([sql.begin, sql.lockWriters, sql.selectVersions(newest.map(idOf))]);
  // A result for each statement, which pg's types know nothing of.
  const results: unknown = await client.query(look);
  const [, , { rows }] = results as [unknown, unknown, QueryResult<StoredVersion>];
  const applied = newerThan(rows, newest);
  if (applied.length > 0) {
    const ids = applied.map(idOf);
    // Where no version is stored there is none to go; a client may be, that came by another way.
    const gone = rows.length > 0 ? [sql.clients, sql.versions] : [sql.clients];
    await client.query(sql.inOne(gone.map((table) => sql.deleteFrom(table, ids))));
    await insertRows(client, sql.clients, applied.map(clientValues));
    await insertRows(client, sql.versions, applied.map(versionValues));
  }
  await client.query(sql.commit);
  return applied.length;
}

/** `pg` hands a BIGINT over as text. */
interface StoredVersion {
  id: string;
  occurred_at_ms: string;
  message_hash: string;
}

/** Those of the messages that are newer than all that is stored of their client: no key forbids more than one. */
function newerThan(
  stored: readonly StoredVersion[],
  messages: readonly VersionedMessage[],
): VersionedMessage[] {
  const known = Map.groupBy(stored, ({ id }) => Number(id));
  return messages.filter(({ message, version }) =>
    (known.get(message.id) ?? []).every((other) => isNewer(version, versionIn(other))),
  );
}

const versionIn = ({ occurred_at_ms, message_hash }: StoredVersion): Version => ({
  occurredAtMs: Number(occurred_at_ms),
  hash: message_hash,
});

const idOf = ({ message }: VersionedMessage): number => message.id;

type Values = readonly (string | number)[];

const clientValues = ({ message }: VersionedMessage): Values => [
  message.id,
  message.nombre,
  message.apellido,
  message.rut,
  message.correo,
];

const versionValues = ({ message, version }: VersionedMessage): Values => [
  message.id,
  version.occurredAtMs,
  version.hash,
];
