import type { ClientBase } from 'pg';
import type { Clock, RandomSource } from '../clock.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { backoffMs, connectBackoff } from './backoff.ts';
import { connect, type Connection, type DatabaseAddress, type Timeouts } from './connect.ts';
import type { CredentialSource } from './credentials.ts';
import { isConnectionLost, isPasswordRefused, toServiceError } from './sqlState.ts';

/** What uses the connection. It runs again from its start when a kept connection turns out to be dead. */
export type Work<Result> = (client: ClientBase, signal: AbortSignal) => Promise<Result>;

/** The one connection of an execution environment, which serves one invocation at a time. */
export interface Database {
  /**
   * Runs work on the connection, opening it when there is none.
   * @param withinMs for all of it, opening included
   * @throws DatabaseUnavailableError when the database cannot be reached, refuses the service or takes too
   *   long, and at once while backing off after a failed connect. ServiceError when it refuses a statement.
   */
  use<Result>(work: Work<Result>, withinMs: number): Promise<Result>;
  /** Ends the connection; the next use opens a new one. */
  close(): void;
}

export interface DatabaseOptions {
  address: DatabaseAddress;
  credentials: CredentialSource;
  timeouts: Timeouts;
  clock: Clock;
  random: RandomSource;
}

/**
 * After a failed connect nothing is tried until a random pause is over: environments that lost the same
 * database cannot storm it when it comes back, and their callers are answered at once meanwhile.
 */
export function createDatabase({ address, credentials, timeouts, clock, random }: DatabaseOptions): Database {
  let current: Connection | undefined;
  let failures = 0;
  let retryAtMs = 0;

  const forget = (connection: Connection | undefined): void => {
    connection?.destroy();
    if (connection === current) current = undefined;
  };

  async function open(signal: AbortSignal): Promise<Connection> {
    const waitMs = retryAtMs - clock.now();
    if (waitMs > 0) {
      throw new DatabaseUnavailableError('databaseUnreachable', 'backing off after a failed connect', {
        retryAfterMs: waitMs,
      });
    }
    try {
      current = await openWithCurrentPassword(signal);
      failures = 0;
      return current;
    } catch (error) {
      failures += 1;
      const pauseMs = backoffMs(failures, random(), connectBackoff);
      retryAtMs = clock.now() + pauseMs;
      if (error instanceof DatabaseUnavailableError) throw error;
      throw isPasswordRefused(error)
        ? new DatabaseUnavailableError(
            'databaseCredentials',
            'the database refuses the password of its secret',
            {
              cause: error,
              retryAfterMs: pauseMs,
            },
          )
        : new DatabaseUnavailableError('databaseUnreachable', 'the database could not be connected to', {
            cause: error,
            retryAfterMs: pauseMs,
          });
    }
  }

  async function openWithCurrentPassword(signal: AbortSignal): Promise<Connection> {
    const kept = await credentials.get(signal);
    try {
      return await connect(address, kept, timeouts, signal, forget);
    } catch (error) {
      if (!isPasswordRefused(error)) throw error;
      const rotated = await credentials.refresh(signal);
      if (rotated.username === kept.username && rotated.password === kept.password) throw error;
      return connect(address, rotated, timeouts, signal, forget);
    }
  }

  async function run<Result>(work: Work<Result>, signal: AbortSignal): Promise<Result> {
    const kept = current;
    try {
      return await runOn(kept ?? (await open(signal)), work, signal);
    } catch (error) {
      // The database ended it while this environment was frozen: one more try, on a new connection.
      if (!kept || signal.aborted || !isConnectionLost(error)) throw error;
      return runOn(await open(signal), work, signal);
    }
  }

  async function runOn<Result>(
    connection: Connection,
    work: Work<Result>,
    signal: AbortSignal,
  ): Promise<Result> {
    const cut = (): void => connection.destroy();
    signal.addEventListener('abort', cut);
    try {
      signal.throwIfAborted();
      return await work(connection.client, signal);
    } catch (error) {
      forget(connection);
      throw error;
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  return {
    async use(work, withinMs) {
      const deadline = new AbortController();
      const settled = new AbortController();
      clock.sleep(withinMs, settled.signal).then(
        () =>
          deadline.abort(
            new DatabaseUnavailableError(
              'databaseSlow',
              `the database did not answer within ${withinMs} ms`,
              {
                retryAfterMs: 1_000,
              },
            ),
          ),
        () => {
          // The work was done in time.
        },
      );
      try {
        return await run(work, deadline.signal);
      } catch (error) {
        throw deadline.signal.aborted ? deadline.signal.reason : toServiceError(error);
      } finally {
        settled.abort();
      }
    },
    close: () => forget(current),
  };
}
