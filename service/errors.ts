/**
 * Every way in which a service of this kind and its database tools fail, but those of its own routes: a bounded set, so
 * that logs and metrics can be grouped by it.
 */
export type SharedErrorCode =
  // What a caller of the API sees.
  | 'routeUnknown'
  | 'databaseUnreachable'
  | 'databaseSlow'
  | 'databaseCredentials'
  | 'databaseFailed'
  | 'internal'
  // Why a message can never succeed.
  | 'messageNotJson'
  | 'messageVersionUnsupported'
  | 'messageInvalid'
  // Why a message is tried again.
  | 'batchConflict'
  | 'deadLetterFailed'
  // Configuration, migrations and statements of the tools.
  | 'environmentInvalid'
  | 'statementFailed'
  | 'statementSlow'
  | 'databaseNotAsked'
  | 'dialectUnknown'
  | 'migrationInvalid'
  | 'migrationChanged';

/** One of these, or one of the errors that the service's contract names. */
export type ErrorCode = string;

/** Base of every error of this room. Its message may be shown and logged: it never holds client data. */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError';
  readonly errorCode: ErrorCode;

  constructor(errorCode: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorCode = errorCode;
  }
}

/** How a caller is told of an error: the contract's `errors`, by their codes. */
export type CallerErrors<Code extends string> = Readonly<Record<Code, { status: number; title: string }>>;

/** An error that the contract names, so that its caller is told of it by name. */
export class CallerError<Code extends string> extends ServiceError {
  override readonly name = 'CallerError';
  readonly status: number;
  readonly title: string;

  /** @param message what the caller is told where it is at fault (4xx); else for the log */
  constructor(errors: CallerErrors<Code>, errorCode: Code, message: string) {
    super(errorCode, message);
    ({ status: this.status, title: this.title } = errors[errorCode]);
  }
}

/** A variable of the function's configuration that is missing or wrong. */
export class EnvironmentError extends ServiceError {
  override readonly name = 'EnvironmentError';
  constructor(issues: readonly { variable: string; problem: string }[]) {
    super(
      'environmentInvalid',
      `function configuration: ${issues.map(({ variable, problem }) => `${variable}: ${problem}`).join('; ')}`,
    );
  }
}

/** The database cannot be asked now; asking again later may succeed. */
export class DatabaseUnavailableError extends ServiceError {
  override readonly name = 'DatabaseUnavailableError';
  declare readonly errorCode: 'databaseUnreachable' | 'databaseSlow' | 'databaseCredentials';
  /** When it makes sense to ask again, in milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(
    errorCode: DatabaseUnavailableError['errorCode'],
    message: string,
    options: ErrorOptions & { retryAfterMs: number },
  ) {
    super(errorCode, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A message that no retry can make succeed. */
export class NonRetryableMessageError extends ServiceError {
  override readonly name = 'NonRetryableMessageError';
  declare readonly errorCode: 'messageNotJson' | 'messageVersionUnsupported' | 'messageInvalid';

  constructor(errorCode: NonRetryableMessageError['errorCode'], problem: string) {
    super(errorCode, `message refused: ${problem}`);
  }
}

/** A statement that the Redshift Data API reports as failed, or did not finish in time. */
export class StatementError extends ServiceError {
  override readonly name = 'StatementError';
  constructor(
    errorCode: 'statementFailed' | 'statementSlow',
    cluster: { identifier: string; database: string },
    problem: string,
    options?: ErrorOptions,
  ) {
    super(errorCode, `cluster ${cluster.identifier}, database ${cluster.database}: ${problem}`, options);
  }
}

/** The probe had no time left to ask this database in its minute. */
export class DatabaseNotAskedError extends ServiceError {
  override readonly name = 'DatabaseNotAskedError';
  constructor(perSecond: number) {
    super(
      'databaseNotAsked',
      `not queried: the time ran out, at ${perSecond} statements a second, which is the stage's share of what the ` +
        'Redshift Data API accepts from an account; it will be among the first next time',
    );
  }
}

/** `SELECT version()` answered something that no dialect is written for. */
export class UnknownDialectError extends ServiceError {
  override readonly name = 'UnknownDialectError';
  constructor(version: string) {
    super(
      'dialectUnknown',
      `expected Amazon Redshift or PostgreSQL, but the database calls itself "${version}"`,
    );
  }
}

/** A migration file that cannot be run, or that was changed after it had been applied. */
export class MigrationError extends ServiceError {
  override readonly name = 'MigrationError';
  constructor(errorCode: 'migrationInvalid' | 'migrationChanged', file: string, problem: string) {
    super(errorCode, `migration ${file}: ${problem}`);
  }
}
