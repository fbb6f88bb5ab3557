import { limits } from '../../monitoring/limits.ts';
import type { RunFile } from '../../records/run.ts';

/** A share of what was intended, in percent, and the limit from which it is too much. */
export interface Share {
  count: number;
  percent: number;
  tooMuch: boolean;
}

/** What there is to doubt about a run, whatever it measured: one judge for gate, recovery, breakpoint and drills. */
export interface RunDoubts {
  /** Iterations that the schedules intended. */
  intended: number;
  /** Null where the engine does not tell its CPU. */
  cpu: { percent: number; tooMuch: boolean } | null;
  /** What began late by the generator's own doing; null where the engine does not tell. */
  late: Share | null;
  /** What no user was free for: a system that kept all of them busy may be why. */
  dropped: Share;
  /**
   * Why nothing that the run saw proves anything: its generator was saturated, stood still, or had no room, so that
   * what failed may be its own doing. Null where nothing speaks for it.
   */
  own: string | null;
  /** Why the record is not whole; null when it is. */
  incomplete: string | null;
}

export function doubtsOf(run: Pick<RunFile, 'generator' | 'systems' | 'complete' | 'reason'>): RunDoubts {
  const { cpuPercent, lateIterations, droppedIterations } = run.generator;
  const intended = run.systems
    .flatMap(({ series }) => series)
    .reduce((sum, second) => sum + second.intended, 0);
  const shareOf = (count: number): Share => {
    const percent = intended === 0 ? 0 : (count / intended) * 100;
    return { count, percent, tooMuch: percent >= limits.generator.droppedPercent };
  };
  const cpu =
    cpuPercent === null ? null : { percent: cpuPercent, tooMuch: cpuPercent >= limits.generator.cpuPercent };
  const late = lateIterations === null ? null : shareOf(lateIterations);
  return {
    intended,
    cpu,
    late,
    dropped: shareOf(droppedIterations),
    own: ownDoubt({ cpu, late, intended }),
    incomplete: run.complete ? null : `the run is not complete: ${run.reason ?? 'no reason was recorded'}`,
  };
}

function ownDoubt({ cpu, late, intended }: Pick<RunDoubts, 'cpu' | 'late' | 'intended'>): string | null {
  if (cpu?.tooMuch === true) {
    return 'the generator itself was saturated, so its latencies are its own: load from a larger machine';
  }
  if (late?.tooMuch === true) {
    return `${late.count} of ${intended} iterations started late: the generator stood still, or had no room`;
  }
  return null;
}
