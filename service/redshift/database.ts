import type { ClientBase } from 'pg';
import { DatabaseUnavailableError } from '../errors.ts';
import type { Connection } from './connect.ts';
import { createConnector, type ConnectorOptions } from './connector.ts';
import { createDeadlines } from './deadlines.ts';
import { isConnectionLost, toServiceError } from './sqlState.ts';

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
  /** Ends the connection, and an attempt to open one; the next use opens a new one. */
  close(): void;
}

/**
 * A database that is opened at its first use and kept. How it is opened again, and what callers are told
 * meanwhile, is the connector's: connector.ts.
 */
export function createDatabase(options: ConnectorOptions): Database {
  const connector = createConnector(options);
  const deadlines = createDeadlines(options.clock);

  async function run<Result>(work: Work<Result>, signal: AbortSignal): Promise<Result> {
    const kept = connector.current;
    try {
      return await runOn(kept ?? (await connector.open(signal)), work, signal);
    } catch (error) {
      // The database ended it while this environment was frozen: one more try, on a new connection.
      if (!kept || signal.aborted || !isConnectionLost(error)) throw error;
      return runOn(await connector.open(signal), work, signal);
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
      connector.drop(connection);
      throw error;
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  return {
    async use(work, withinMs) {
      const overdue = new AbortController();
      deadlines.begin(withinMs, () =>
        overdue.abort(
          new DatabaseUnavailableError('databaseSlow', `the database did not answer within ${withinMs} ms`, {
            retryAfterMs: 1_000,
          }),
        ),
      );
      try {
        return await run(work, overdue.signal);
      } catch (error) {
        throw overdue.signal.aborted ? overdue.signal.reason : toServiceError(error);
      } finally {
        deadlines.end();
      }
    },
    close() {
      deadlines.close();
      connector.close();
    },
  };
}
