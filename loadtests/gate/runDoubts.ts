import { limits } from '../../monitoring/limits.ts';
import type { RunFile } from '../../records/run.ts';

/** A share of what was intended, in percent, and the limit from which it is too much. */
export interface Share {
  count: number;
  /** `12 of 300 iterations`. */
  said: string;
  percent: number;
  tooMuch: boolean;
}

/** What there is to doubt about a run, whatever it measured: one judge for gate, recovery, breakpoint and drills. */
export interface RunDoubts {
  /** Iterations that the schedules intended: a request each, or a call of SNS with its messages. */
  intended: number;
  /** Null where the engine does not tell its CPU. */
  cpu: { percent: number; tooMuch: boolean } | null;
  /** What began late by the generator's own doing; null where the engine does not tell. */
  late: Share | null;
  /**
   * What no user was free for: a system that kept all of them busy may be why. Of all iterations, or of the messages
   * where they are worse off: few of them would vanish among many requests.
   */
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

export function doubtsOf(
  run: Pick<RunFile, 'generator' | 'systems' | 'complete' | 'reason' | 'script'>,
): RunDoubts {
  const { cpuPercent, lateIterations, droppedIterations } = run.generator;
  const messages = run.systems.flatMap((system) => (system.messages ? [system.messages] : []));
  const calls = messages.map(({ series, batchSize }) => intendedIn(series) / batchSize);
  const intended =
    intendedIn(run.systems.flatMap(({ series }) => series)) +
    // Of a script that says request by request which system each is for.
    (run.script?.unattributed.iterations ?? 0) +
    Math.round(calls.reduce((sum, count) => sum + count, 0));
  const cpu =
    cpuPercent === null ? null : { percent: cpuPercent, tooMuch: cpuPercent >= limits.generator.cpuPercent };
  const late = lateIterations === null ? null : shareOf(lateIterations, intended, 'iterations');
  const dropped = worse(
    shareOf(droppedIterations, intended, 'iterations'),
    droppedIn(
      messages.flatMap(({ series }) => series),
      'messages',
    ),
  );
  return {
    intended,
    cpu,
    late,
    dropped,
    own: ownDoubt({ cpu, late }),
    notOffered: notOffered(dropped),
    incomplete: run.complete ? null : `the run is not complete: ${run.reason ?? 'no reason was recorded'}`,
  };
}

type Series = RunFile['systems'][number]['series'];

/** The same of what a part of a run dropped. */
export function droppedOf(series: Series): Pick<RunDoubts, 'intended' | 'dropped' | 'notOffered'> {
  const dropped = droppedIn(series, 'iterations');
  return { intended: intendedIn(series), dropped, notOffered: notOffered(dropped) };
}

/** A doubt as a sentence of its own. */
export const sentenceOf = (doubt: string): string => `${doubt.charAt(0).toUpperCase()}${doubt.slice(1)}.`;

type Offered = readonly { intended: number; dropped?: number | undefined }[];

const intendedIn = (series: Offered): number => series.reduce((sum, second) => sum + second.intended, 0);

const droppedIn = (series: Offered, what: 'iterations' | 'messages'): Share =>
  shareOf(
    series.reduce((sum, { dropped = 0 }) => sum + dropped, 0),
    intendedIn(series),
    what,
  );

const worse = (a: Share, b: Share): Share => (b.percent > a.percent ? b : a);

function shareOf(count: number, intended: number, what: 'iterations' | 'messages'): Share {
  const percent = intended === 0 ? 0 : (count / intended) * 100;
  const said = `${count} of ${intended} ${what}`;
  return { count, said, percent, tooMuch: percent >= limits.generator.droppedPercent };
}

const notOffered = ({ said, tooMuch }: Share): string | null =>
  tooMuch ? `${said} were dropped: the intended load was not offered` : null;

function ownDoubt({ cpu, late }: Pick<RunDoubts, 'cpu' | 'late'>): string | null {
  if (cpu?.tooMuch === true) return saturated;
  if (late?.tooMuch === true) return lateDoubt(late);
  return null;
}

/** What makes a run of which the generator's CPU is over its limit worthless. */
export const saturated =
  'the generator itself was saturated, so the latencies include its own delays: use a larger machine';

/** What makes a run of which too much began late worthless. */
export const lateDoubt = ({ said }: Share): string =>
  `${said} started late: the generator stalled, or had no capacity left`;
