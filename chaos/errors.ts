/** A drill that the guards did not let begin: nothing was touched. */
export class DrillRefusedError extends Error {
  override readonly name = 'DrillRefusedError';
  readonly guard: 'prod' | 'alarm' | 'fault';

  constructor(guard: DrillRefusedError['guard'], message: string) {
    super(message);
    this.guard = guard;
  }
}

/** A drill's name that is not registered. */
export class UnknownDrillError extends Error {
  override readonly name = 'UnknownDrillError';
  constructor(drill: string, known: readonly string[]) {
    super(`no drill "${drill}"; expected one of: ${known.join(', ')}`);
  }
}

/** The fault could not be put in place as the drill describes it: what follows would prove nothing. */
export class FaultNotAppliedError extends Error {
  override readonly name = 'FaultNotAppliedError';
}

/** An inverse did not bring back what its fault took away. */
export class NotRestoredError extends Error {
  override readonly name = 'NotRestoredError';
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

/** The message of anything thrown, with the error's name where it says more than `Error`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map(describeError).join('; ');
  }
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
