import type { Clock } from '../core/clock.ts';

/** What every operation gets from its caller: only the command line touches the process. */
export interface OperationContext {
  clock: Clock;
  /** Values in [0, 1). */
  random: () => number;
  /** Aborted when the work is to stop. */
  signal: AbortSignal;
  output: {
    /** A step of long work, as a plain line. */
    readonly progress: (line: string) => void;
  };
  /** Runs, stages and caches; safe to delete while nothing runs. */
  stateDirectory: string;
  /** The checked-out commit; null outside a checkout. */
  currentCommit: () => Promise<string | null>;
}

/** The same where somebody may look on. */
export interface LiveContext extends OperationContext {
  output: OperationContext['output'] & {
    /** Whether somebody does. */
    readonly interactive: boolean;
    /** A step of long work that only matters until the next line. */
    readonly passing: (line: string) => void;
  };
}
