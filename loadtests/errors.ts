/** A profile that no script has. */
export class UnknownProfileError extends Error {
  override readonly name = 'UnknownProfileError';
  readonly known: readonly string[];

  constructor(profile: string, known: readonly string[]) {
    super(`no load profile "${profile}"; expected one of ${known.join(', ')}`);
    this.known = known;
  }
}

/** A k6 API, option or executor that the embedded engine does not have. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  readonly what: string;
  readonly instead: string;

  constructor(what: string, instead: string) {
    super(`${what}: not supported by the embedded engine, ${instead}`);
    this.what = what;
    this.instead = instead;
  }
}

/** k6's exit codes for what a script ends a run by: timeouts of setup and teardown, options, an exception, an abort. */
export type ScriptExitCode = 100 | 101 | 104 | 107 | 108;

/** A script that cannot be loaded, whose options are wrong, or that threw where nothing is measured without it. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  /** What k6 would have ended with. */
  readonly exitCode: ScriptExitCode;

  constructor(script: string, problem: string, options: ErrorOptions & { exitCode?: ScriptExitCode } = {}) {
    super(`${script}: ${problem}`, options);
    this.exitCode = options.exitCode ?? 107;
  }
}

/** Ctrl-C came while an instance of the script was loaded, which ended that; whoever listens is told, too. */
export class ScriptInterruptedError extends ScriptError {
  constructor(script: string, options?: ErrorOptions) {
    super(script, 'interrupted while it was loaded', options);
  }
}

/** The script has ended the run: no more of the iteration is to happen. */
export class TestAbortedError extends Error {
  override readonly name = 'TestAbortedError';

  constructor(message: string) {
    super(message === '' ? 'test aborted' : `test aborted: ${message}`);
  }
}

/** The thread of a virtual user ended by itself: it had no memory left, mostly. */
export class ThreadLostError extends Error {
  override readonly name = 'ThreadLostError';

  constructor(cause: unknown) {
    super(`the thread of a virtual user ended: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** A threshold that k6's grammar does not have, or that its metric cannot answer. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError';

  constructor(metric: string, expression: string, problem: string) {
    super(`threshold "${expression}" on ${metric}: ${problem}`);
  }
}

/** k6 is missing, too old, or ended with an error of its own. */
export class K6Error extends Error {
  override readonly name = 'K6Error';
  /** k6's exit code; null when it never ran or was killed. */
  readonly exitCode: number | null;

  constructor(problem: string, exitCode: number | null, options?: ErrorOptions) {
    super(`k6: ${problem}`, options);
    this.exitCode = exitCode;
  }
}

/** A run whose record no file could hold. */
export class RunTooLongError extends Error {
  override readonly name = 'RunTooLongError';
}

/** An execution segment, or a sequence of them, that k6's grammar does not have, or that do not go together. */
export class SegmentError extends Error {
  override readonly name = 'SegmentError';

  constructor(text: string, problem: string) {
    super(`execution segment "${text}": ${problem}`);
  }
}

/** None of a load's instances left what it measured. */
export class InstanceError extends Error {
  override readonly name = 'InstanceError';
}

/** Instances' parts that cannot be put together into one run. */
export class CollectError extends Error {
  override readonly name = 'CollectError';
}

/** Runs whose figures say nothing of each other. */
export class NotComparableError extends Error {
  override readonly name = 'NotComparableError';

  constructor(problem: string) {
    super(`these runs cannot be compared: ${problem}.`);
  }
}

/** The seeded clients did not arrive. */
export class SeedError extends Error {
  override readonly name = 'SeedError';

  constructor(system: string, problem: string, options?: ErrorOptions) {
    super(`seeding ${system}: ${problem}`, options);
  }
}
