import type { Clock, RandomSource } from '../../core/clock.ts';
import type { Connection } from './connect.ts';
import { ConnectHistory } from './connectHistory.ts';
import { connectWithSecret, type ConnectWithSecretOptions } from './connectWithSecret.ts';
import { watchFrozenTime } from './wakefulness.ts';

/** Keeps the one connection of an execution environment. */
export interface Connector {
  /** The connection, when it is open. */
  readonly current: Connection | undefined;
  /**
   * The connection, opened when it isn't open.
   * @throws DatabaseUnavailableError when it cannot be opened, and at once while backing off; the signal's
   *   reason when it aborts. The attempt goes on without its caller.
   */
  open(signal: AbortSignal): Promise<Connection>;
  /** Ends a connection that nobody shall use again. */
  drop(connection: Connection): void;
  /** Ends the connection and an attempt under way. */
  close(): void;
}

export interface ConnectorOptions extends ConnectWithSecretOptions {
  /**
   * How long after an attempt's start a caller waits for it when the one before failed; left out, until
   * its end. Where callers meet a concurrency limit, those who wait for a database that is away take the
   * places of those who could be told so at once.
   */
  patienceMs?: number;
  clock: Clock;
  random: RandomSource;
}

/** An attempt ends within this time: two tries of a secret, the connect and its first statement. */
const attemptMs = 6_000;

interface Attempt {
  startedAtMs: number;
  done: Promise<Connection>;
  cancel(): void;
}

/**
 * One attempt at a time, and after a failed one a random pause: environments that lost the same database
 * cannot storm it when it comes back.
 *
 *   attempt ──connected──────────────────────> open ──lost──> attempt, whose caller waits to its end
 *      ├──failed──> pause (callers: 503 at once) ──> attempt, whose callers wait for `patienceMs` only
 *      └──frozen most of its time: says nothing of the database; the next attempt's callers wait longer
 *
 * The last line is for Lambda, where an attempt that outlives its caller stands still with the
 * environment: with little traffic it would never end in time, had its callers always the same patience.
 */
export function createConnector(options: ConnectorOptions): Connector {
  const { timeouts, patienceMs = attemptMs, clock, random } = options;
  const history = new ConnectHistory(random);
  let current: Connection | undefined;
  let attempt: Attempt | undefined;

  const drop = (connection: Connection): void => {
    connection.destroy();
    if (connection === current) current = undefined;
  };

  function start(): Attempt {
    const startedAtMs = clock.now();
    const end = new AbortController();
    const frozenMs = watchFrozenTime(clock, end.signal);
    const done = connectWithSecret(options, end.signal, drop).then(
      (connection) => {
        end.abort();
        attempt = undefined;
        history.succeeded();
        current = connection;
        return connection;
      },
      (error: unknown) => {
        end.abort();
        if (attempt?.done !== done) throw error;
        attempt = undefined;
        const frozen = frozenMs() > timeouts.connectMs / 2;
        throw history.failed({ error, startedAtMs, endedAtMs: clock.now(), frozen });
      },
    );
    done.catch(() => {
      // Its callers may have left; the next one is told.
    });
    clock.sleep(attemptMs, end.signal).then(
      () => end.abort(),
      () => {
        // It ended by itself.
      },
    );
    return { startedAtMs, done, cancel: () => end.abort() };
  }

  async function waitFor(running: Attempt, signal: AbortSignal): Promise<Connection> {
    const leftMs = running.startedAtMs + history.waitMs(attemptMs, patienceMs) - clock.now();
    const settled = new AbortController();
    const tired = (): never => {
      throw history.notNow('still connecting after a failed connect', 1_000);
    };
    if (leftMs <= 0) tired();
    try {
      const patience = clock.sleep(leftMs, AbortSignal.any([settled.signal, signal]));
      return await Promise.race([running.done, patience.then(tired)]);
    } finally {
      settled.abort();
    }
  }

  return {
    get current() {
      return current;
    },
    async open(signal) {
      if (current) return current;
      if (!attempt) {
        const pauseMs = history.retryAtMs - clock.now();
        if (pauseMs > 0) throw history.notNow('backing off after a failed connect', pauseMs);
        attempt = start();
      }
      return waitFor(attempt, signal);
    },
    drop,
    close() {
      attempt?.cancel();
      attempt = undefined;
      if (current) drop(current);
    },
  };
}
