import type { RunFile } from '../../records/run.ts';
import type { Question } from './questions.ts';

/** One second of one system, as the run file has it. */
export type Second = RunFile['systems'][number]['series'][number];

/** Requests that ended in the second, with an answer or without. */
export const requestsIn = ({ statuses }: Pick<Second, 'statuses'>): number =>
  Object.values(statuses).reduce((sum, count) => sum + count, 0);

/** Those of them that got an answer: status `0` is none. */
export const answeredIn = (second: Pick<Second, 'statuses'>): number =>
  requestsIn(second) - (second.statuses['0'] ?? 0);

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
