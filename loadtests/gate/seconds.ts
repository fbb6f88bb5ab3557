import type { RunFile } from '../../records/run.ts';

/** One second of one system, as the run file has it. */
export type Second = RunFile['systems'][number]['series'][number];

/** Requests that ended in the second, with an answer or without. */
export const requestsIn = ({ statuses }: Pick<Second, 'statuses'>): number =>
  Object.values(statuses).reduce((sum, count) => sum + count, 0);

/** Those of them that got an answer: status `0` is none. */
export const answeredIn = (second: Pick<Second, 'statuses'>): number =>
  requestsIn(second) - (second.statuses['0'] ?? 0);
