import type { RunFile } from '../../records/run.ts';
import type { Window } from '../runner/window.ts';
import type { Question } from './questions.ts';

/** One second of one system, as the run file has it. */
export type Second = RunFile['systems'][number]['series'][number];

/** Requests that ended in the second, with an answer or without. */
export const requestsIn = ({ statuses }: Pick<Second, 'statuses'>): number =>
  Object.values(statuses).reduce((sum, count) => sum + count, 0);

/** Those of them that got an answer: status `0` is none. */
export const answeredIn = (second: Pick<Second, 'statuses'>): number =>
  requestsIn(second) - (second.statuses['0'] ?? 0);

/** A system's seconds; where the run tells of longer stretches, each second of one has its equal part of the counts. */
export function secondsOf(run: RunFile, system: string): readonly Second[] {
  const { series = [] } = runOf(run, system) ?? {};
  if (run.seriesSeconds === undefined) return series;
  const lengthOf = lengthsIn(run);
  return series.flatMap((stretch) => {
    const length = lengthOf(stretch);
    const { intended, dropped, statuses, failedChecks, failed } = stretch;
    const part = {
      ...stretch,
      intended: intended / length,
      dropped: dropped / length,
      statuses: Object.fromEntries(
        Object.entries(statuses).map(([status, count]) => [status, count / length]),
      ),
      failedChecks: failedChecks / length,
      ...(failed === undefined ? {} : { failed: failed / length }),
    };
    return Array.from({ length }, (_, index) => ({ ...part, second: stretch.second + index }));
  });
}

/**
 * What each second of a system's requests has of a count, from the run's start on, without gaps; each second of a longer
 * stretch its equal part.
 */
export const requestsBySecond = (run: RunFile, system: string, countOf: (of: Second) => number): number[] =>
  bySecond(run, runOf(run, system)?.series ?? [], countOf);

/** The same of its messages that SNS acknowledged, as far as its requests go, too. */
export function acknowledgedBySecond(run: RunFile, system: string): number[] {
  const { series = [], messages } = runOf(run, system) ?? {};
  return bySecond(run, messages?.series ?? [], ({ acknowledged = 0 }) => acknowledged, series.at(-1));
}

/**
 * Those seconds of a run that lie in a window from their first millisecond to their last.
 * @param series ascending
 */
export function secondsWithin<T extends { second: number }>(
  series: readonly T[],
  runStartMs: number,
  { startMs, endMs }: Window,
): T[] {
  const firstAt = (isPast: (secondMs: number) => boolean): number =>
    firstIndex(series.length, (index) => isPast(runStartMs + series[index]!.second * 1_000));
  return series.slice(
    firstAt((secondMs) => secondMs >= startMs),
    firstAt((secondMs) => secondMs + 1_000 > endMs),
  );
}

/** The first index from which something holds for all that follow; `length` where it holds for none. */
function firstIndex(length: number, holdsAt: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holdsAt(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/**
 * What a system was given of one of the run's loads, by second since its start, without gaps: requests that it answered,
 * messages that SNS acknowledged.
 */
export function takenBySecond(run: RunFile, system: string, load: Question['load']): number[] {
  if (load === 'messages') return acknowledgedBySecond(run, system);
  const { series = [], messages } = runOf(run, system) ?? {};
  return bySecond(run, series, answeredIn, messages?.series.at(-1));
}

/** Of counts by the second of a run those whose seconds lie in a window from their first millisecond to their last. */
export const countsWithin = (
  counts: readonly number[],
  runStartMs: number,
  { startMs, endMs }: Window,
): number[] =>
  counts.slice(
    Math.max(0, Math.ceil((startMs - runStartMs) / 1_000)),
    Math.max(0, Math.floor((endMs - runStartMs) / 1_000)),
  );

/** @param until an entry up to whose end it goes at least */
function bySecond<T extends { second: number }>(
  run: RunFile,
  series: readonly T[],
  countOf: (entry: T) => number,
  until?: { second: number },
): number[] {
  const lengthOf = lengthsIn(run);
  const ends = [series.at(-1), until].map((last) => (last ? last.second + lengthOf(last) : 0));
  const counts = Array.from({ length: series.length === 0 ? 0 : Math.max(...ends) }, () => 0);
  for (const entry of series) {
    const length = lengthOf(entry);
    counts.fill(countOf(entry) / length, entry.second, entry.second + length);
  }
  return counts;
}

const runOf = (run: RunFile, system: string): RunFile['systems'][number] | undefined =>
  run.systems.find((candidate) => candidate.system === system);

/** How many seconds an entry of the run's series tells of: the run's end cuts the last one off. */
function lengthsIn({ seriesSeconds = 1, windows }: RunFile): (stretch: { second: number }) => number {
  const runSeconds = Math.ceil((Date.parse(windows.run.end) - Date.parse(windows.run.start)) / 1_000);
  return ({ second }) => Math.max(1, Math.min(seriesSeconds, runSeconds - second));
}
