import type { RandomSource } from '../../core/clock.ts';
import { DatabaseUnavailableError } from '../errors.ts';
import { backoffMs, connectBackoff } from './backoff.ts';
import { isPasswordRefused } from './sqlState.ts';

/** An attempt to connect that failed. */
export interface FailedAttempt {
  error: unknown;
  startedAtMs: number;
  endedAtMs: number;
  /** Whether the environment stood still for most of its time: then it says nothing of the database. */
  frozen: boolean;
}

/** How the attempts to connect have ended: when the next may begin, and how long its callers wait for it. */
export class ConnectHistory {
  readonly #random: RandomSource;
  #failures = 0;
  #frozenAttempts = 0;
  #retryAtMs = 0;
  #lastError: DatabaseUnavailableError | undefined;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** The earliest start of the next attempt, in milliseconds since the epoch. */
  get retryAtMs(): number {
    return this.#retryAtMs;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#frozenAttempts = 0;
    this.#lastError = undefined;
  }

  /** @returns what the attempt's callers are told */
  failed({ error, startedAtMs, endedAtMs, frozen }: FailedAttempt): DatabaseUnavailableError {
    if (frozen) this.#frozenAttempts += 1;
    else {
      this.#failures += 1;
      this.#frozenAttempts = 0;
    }
    const pauseMs = backoffMs(Math.max(1, this.#failures), this.#random(), connectBackoff);
    this.#retryAtMs = (frozen ? startedAtMs : endedAtMs) + pauseMs;
    this.#lastError = toUnavailable(error, pauseMs);
    return this.#lastError;
  }

  /** How long after an attempt's start its callers wait for it, of the time that it has. */
  waitMs(attemptMs: number, patienceMs: number): number {
    return this.#failures === 0 ? attemptMs : Math.min(attemptMs, patienceMs * 2 ** this.#frozenAttempts);
  }

  /** What callers are told who are not to wait, with why the last attempt failed. */
  notNow(problem: string, retryAfterMs: number): DatabaseUnavailableError {
    return new DatabaseUnavailableError(this.#lastError?.errorCode ?? 'databaseUnreachable', problem, {
      retryAfterMs,
      cause: this.#lastError?.cause,
    });
  }
}

function toUnavailable(error: unknown, retryAfterMs: number): DatabaseUnavailableError {
  if (error instanceof DatabaseUnavailableError) return error;
  const options = { cause: error, retryAfterMs };
  return isPasswordRefused(error)
    ? new DatabaseUnavailableError(
        'databaseCredentials',
        'the database refuses the password of its secret',
        options,
      )
    : new DatabaseUnavailableError('databaseUnreachable', 'the database could not be connected to', options);
}
