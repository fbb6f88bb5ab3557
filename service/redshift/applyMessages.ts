import type { ClientBase } from 'pg';
import type { Clock, RandomSource } from '../../core/clock.ts';
import { newestOfEach, type VersionedMessage } from '../domain/version.ts';
import type { Message } from '../domain/message.ts';
import { ServiceError } from '../errors.ts';
import { backoffMs, conflictBackoff } from './backoff.ts';
import * as sql from './sql.ts';
import { isConflict } from './sqlState.ts';

/** What became of a batch's messages; the two add up to their number. */
export interface Applied {
  /** Clients written. */
  applied: number;
  /** Messages that something newer, stored or in the same batch, or an equal one made void. */
  superseded: number;
}

const maxTries = 5;

/**
 * Applies messages in one transaction, so that a client ends as its newest event says, however often, in
 * whatever order and by however many subscribers they are applied. Begun again when the database reports a
 * conflict.
 * @throws ServiceError `batchConflict` when the conflicts do not end
 */
export async function applyMessages(
  client: ClientBase,
  messages: readonly Message[],
  { clock, random, signal }: { clock: Clock; random: RandomSource; signal: AbortSignal },
): Promise<Applied> {
  const newest = newestOfEach(messages);
  for (let tries = 1; ; tries += 1) {
    try {
      const applied = await transaction(client, newest);
      return { applied, superseded: messages.length - applied };
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (tries === maxTries) {
        throw new ServiceError('batchConflict', `the transaction met a conflict ${tries} times in a row`, {
          cause: error,
        });
      }
      await client.query(sql.rollback);
      await clock.sleep(backoffMs(tries, random(), conflictBackoff), signal);
    }
  }
}

async function transaction(client: ClientBase, newest: readonly VersionedMessage[]): Promise<number> {
  await client.query(sql.begin);
  // First, before anything that takes the snapshot: a waiter must see what the holder has written.
  await client.query(sql.lockWriters);
  await client.query(sql.createStaging);
  for (let first = 0; first < newest.length; first += sql.maxStagingRows) {
    const rows = newest.slice(first, first + sql.maxStagingRows);
    await client.query(sql.insertStaging(rows.length), rows.flatMap(stagingValues));
  }
  const { rowCount } = await client.query(sql.deleteSuperseded);
  for (const statement of sql.applyStaging) await client.query(statement);
  await client.query(sql.commit);
  return newest.length - (rowCount ?? 0);
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
