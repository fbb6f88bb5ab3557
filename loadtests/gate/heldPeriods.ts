import type { RunFile } from '../../records/run.ts';
import type { Question } from './questions.ts';
import { takenBySecond } from './seconds.ts';

/** The whole periods inside the hold: what CloudWatch measured under full load and nothing else. */
export interface HeldPeriods {
  periodSeconds: number;
  /** Start of each period, milliseconds since the epoch, ascending, without gaps. */
  startsMs: readonly number[];
}

/** CloudWatch's periods begin at multiples of their length since the epoch; partial ones are left out. */
export function heldPeriods(hold: RunFile['windows']['hold'], periodSeconds: number): HeldPeriods {
  const periodMs = periodSeconds * 1_000;
  const first = Math.ceil(Date.parse(hold.start) / periodMs);
  const end = Math.floor(Date.parse(hold.end) / periodMs);
  return {
    periodSeconds,
    startsMs: Array.from({ length: Math.max(0, end - first) }, (_, index) => (first + index) * periodMs),
  };
}

/** The whole periods of ramp and hold: what was measured while the load grew, too. */
export const loadedPeriods = ({ ramp, hold }: RunFile['windows'], periodSeconds: number): HeldPeriods =>
  heldPeriods({ start: ramp.start, end: hold.end }, periodSeconds);

/** All periods that ramp and hold touch, of which the first and the last may be covered in part only. */
export function touchedPeriods({ ramp, hold }: RunFile['windows'], periodSeconds: number): HeldPeriods {
  const periodMs = periodSeconds * 1_000;
  const first = Math.floor(Date.parse(ramp.start) / periodMs);
  const end = Math.ceil(Date.parse(hold.end) / periodMs);
  return {
    periodSeconds,
    startsMs: Array.from({ length: Math.max(0, end - first) }, (_, index) => (first + index) * periodMs),
  };
}

/** The shortest hold that surely contains so many whole periods, wherever it begins. */
export const holdSecondsFor = (periods: number, periodSeconds: number): number =>
  (periods + 1) * periodSeconds;

/** From its acknowledgement until a message has surely met the subscriber: its batch window and an invocation. */
const handedOverMs = 5_000;

/**
 * Starts of the periods in which a system surely worked for one of the run's loads: the seconds of the run's series
 * with answers, or with messages that SNS acknowledged early enough, that lie wholly inside.
 */
export function periodsUnderLoad(
  run: RunFile,
  system: string,
  periods: HeldPeriods,
  load: Question['load'],
): ReadonlySet<number> {
  const runStartMs = Date.parse(run.windows.run.start);
  const periodMs = periods.periodSeconds * 1_000;
  const untilMs = load === 'messages' ? periodMs - handedOverMs : periodMs;
  const busy = new Set<number>();
  for (const [second, count] of takenBySecond(run, system, load).entries()) {
    const secondMs = runStartMs + second * 1_000;
    const startMs = Math.floor(secondMs / periodMs) * periodMs;
    if (count > 0 && secondMs + 1_000 <= startMs + untilMs) busy.add(startMs);
  }
  return new Set(periods.startsMs.filter((startMs) => busy.has(startMs)));
}
