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
  /** Why the load was not the intended one, whoever's doing that was; null where it was. */
  notOffered: string | null;
  /** Why the record is not whole; null when it is. */
  incomplete: string | null;
}

export function doubtsOf(run: Pick<RunFile, 'generator' | 'systems' | 'complete' | 'reason'>): RunDoubts {
  const { cpuPercent, lateIterations, droppedIterations } = run.generator;
  const intended = intendedIn(run.systems.flatMap(({ series }) => series));
  const cpu =
    cpuPercent === null ? null : { percent: cpuPercent, tooMuch: cpuPercent >= limits.generator.cpuPercent };
  const late = lateIterations === null ? null : shareOf(lateIterations, intended);
  const dropped = shareOf(droppedIterations, intended);
  return {
    intended,
    cpu,
    late,
    dropped,
    own: ownDoubt({ cpu, late, intended }),
    notOffered: notOffered(dropped, intended),
    incomplete: run.complete ? null : `the run is not complete: ${run.reason ?? 'no reason was recorded'}`,
  };
}

type Series = RunFile['systems'][number]['series'];

/** The same of what a part of a run dropped. */
export function droppedOf(series: Series): Pick<RunDoubts, 'intended' | 'dropped' | 'notOffered'> {
  const intended = intendedIn(series);
  const dropped = shareOf(
    series.reduce((sum, second) => sum + second.dropped, 0),
    intended,
  );
  return { intended, dropped, notOffered: notOffered(dropped, intended) };
}

/** A doubt as a sentence of its own. */
export const sentenceOf = (doubt: string): string => `${doubt.charAt(0).toUpperCase()}${doubt.slice(1)}.`;

const intendedIn = (series: Series): number => series.reduce((sum, second) => sum + second.intended, 0);

function shareOf(count: number, intended: number): Share {
  const percent = intended === 0 ? 0 : (count / intended) * 100;
  return { count, percent, tooMuch: percent >= limits.generator.droppedPercent };
}

const notOffered = ({ count, tooMuch }: Share, intended: number): string | null =>
  tooMuch ? `${count} of ${intended} iterations were dropped: the intended load was not offered` : null;

function ownDoubt({ cpu, late, intended }: Pick<RunDoubts, 'cpu' | 'late' | 'intended'>): string | null {
  if (cpu?.tooMuch === true) return saturated;
  if (late?.tooMuch === true) return lateDoubt(late, intended);
  return null;
}

/** What makes a run of which the generator's CPU is over its limit worthless. */
export const saturated =
  'the generator itself was saturated, so its latencies are its own: load from a larger machine';

/** What makes a run of which too much began late worthless. */
export const lateDoubt = ({ count }: Share, intended: number): string =>
  `${count} of ${intended} iterations started late: the generator stood still, or had no room`;
