/** The run's record could not be written. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`cannot write ${path}: ${problem}`, options);
  }
}

/** A journal that cannot be written or read. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly path: string;

  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`drill journal ${path}: ${problem}`, options);
    this.path = path;
  }
}

/** A drill's result file that cannot be written or read. */
export class DrillFileError extends Error {
  override readonly name = 'DrillFileError';
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`drill file ${path}: ${problem}`, options);
  }
}
