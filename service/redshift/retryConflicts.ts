import type { ClientBase } from 'pg';
import type { Clock, RandomSource } from '../../core/clock.ts';
import { ServiceError } from '../errors.ts';
import { backoffMs, conflictBackoff } from './backoff.ts';
import { rollback } from './sql.ts';
import { isConflict } from './sqlState.ts';

const maxTries = 5;

export interface RetryOptions {
  clock: Clock;
  random: RandomSource;
  /** Ends the pauses between tries. */
  signal: AbortSignal;
}

/**
 * Runs a transaction, from its BEGIN to its COMMIT, and again when the database reports a conflict.
 * @throws ServiceError `batchConflict` when the conflicts do not end
 */
export async function retryConflicts<Result>(
  client: ClientBase,
  transaction: () => Promise<Result>,
  { clock, random, signal }: RetryOptions,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (tries === maxTries) {
        throw new ServiceError('batchConflict', `the transaction met a conflict ${tries} times in a row`, {
          cause: error,
        });
      }
      await client.query(rollback);
      await clock.sleep(backoffMs(tries, random(), conflictBackoff), signal);
    }
  }
}
