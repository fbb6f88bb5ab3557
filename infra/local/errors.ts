/** PostgreSQL could not be started; the message says why and what to do. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}

/** The stage could not be started, or is not there; the message says what to do next. */
export class LocalStageError extends Error {
  override readonly name = 'LocalStageError';
}
