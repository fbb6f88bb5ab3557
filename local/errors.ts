/** PostgreSQL could not be started; the message says why and what to do. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError';
}

/** The database server ended under the running stage. */
export class PostgresLostError extends Error {
  override readonly name = 'PostgresLostError';
  constructor(lastWords: string) {
    super(
      `PostgreSQL ended unexpectedly, and the stage with it: start it again. Its last output: ${lastWords}`,
    );
  }
}

/** The stage could not be started, or is not there; the message says what to do next. */
export class LocalStageError extends Error {
  override readonly name = 'LocalStageError';
}

/** A template asks for something the stage on this machine does not do, or cannot be read. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** `stack` or `stack/logicalId`. */
  readonly where: string;

  constructor(where: string, problem: string, options?: ErrorOptions) {
    super(`${where}: ${problem}`, options);
    this.where = where;
  }
}
