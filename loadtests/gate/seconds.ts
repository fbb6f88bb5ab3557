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

/** Those seconds of a run that lie in a window from their first millisecond to their last. */
export const secondsWithin = <T extends { second: number }>(
  series: readonly T[],
  runStartMs: number,
  { startMs, endMs }: Window,
): T[] =>
  series.filter(({ second }) => {
    const secondMs = runStartMs + second * 1_000;
    return secondMs >= startMs && secondMs + 1_000 <= endMs;
  });

/**
 * What a system was given of one of the run's loads, by second since its start, without gaps: requests that it answered,
 * messages that SNS acknowledged.
 */
export function takenBySecond(run: RunFile, system: string, load: Question['load']): number[] {
  const { series = [], messages } = run.systems.find((candidate) => candidate.system === system) ?? {};
  const taken =
    load === 'requests'
      ? series.map((second): [number, number] => [second.second, answeredIn(second)])
      : (messages?.series ?? []).map(({ second, acknowledged = 0 }): [number, number] => [
          second,
          acknowledged,
        ]);
  if (taken.length === 0) return [];
  const bySecond = new Map(taken);
  const last = Math.max(...[...series, ...(messages?.series ?? [])].map(({ second }) => second));
  return Array.from({ length: last + 1 }, (_, second) => bySecond.get(second) ?? 0);
}
