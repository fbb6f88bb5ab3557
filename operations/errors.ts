import { describeError } from '../core/describeError.ts';
/** What the person at the terminal asked for cannot be done as asked. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Some systems could not be done; the others were. */
export class SystemsFailedError extends Error {
  override readonly name = 'SystemsFailedError';
  readonly failures: readonly { system: string; error: unknown }[];
  constructor(failures: readonly { system: string; error: unknown }[], of: number) {
    const lines = failures.map(({ system, error }) => `\n  ${system}: ${describeError(error)}`);
    super(`${failures.length} of ${of} systems failed:${lines.join('')}`);
    this.failures = failures;
  }
}

/** A cluster that cannot be paused or resumed. */
export class PauseError extends Error {
  override readonly name = 'PauseError';
  constructor(cluster: string, problem: string, options?: ErrorOptions) {
    super(`cluster ${cluster} ${problem}`, options);
  }
}

/** Logs Insights gave no answer, or not to what was asked. */
export class LogsQueryError extends Error {
  override readonly name = 'LogsQueryError';
  constructor(problem: string, advice = 'ask for less time (--since), or for fewer systems (--system)') {
    super(`the query of the logs ${problem}; ${advice}.`);
  }
}

/** What proves a stage is kept in another account, and these credentials may not read it there. */
export class EvidenceForbiddenError extends Error {
  override readonly name = 'EvidenceForbiddenError';
  constructor(stage: string, account: string, roleArn: string, options?: ErrorOptions) {
    super(
      `the evidence of stage "${stage}" is in account ${account} and cannot be read: deploy "${stage}-fleet" there, ` +
        `which makes ${roleArn}, and let these credentials assume it.`,
      options,
    );
  }
}

/** CDK's command line did not do what it was asked. */
export class CdkError extends Error {
  override readonly name = 'CdkError';
  constructor(what: string, lastLines: readonly string[], options?: ErrorOptions) {
    super(`cdk ${what} failed:\n${lastLines.join('\n')}`, options);
  }
}
