import type { RunFile } from '../../../records/run.ts';

// What the plots of a run draw of its seconds: who leaves seconds out keeps the extremes of just these.

type SystemRun = RunFile['systems'][number];
type Second = SystemRun['series'][number];
type MessageSecond = NonNullable<SystemRun['messages']>['series'][number];

/** One plot's title and unit, and the value of an entry of a series; null where it has none. */
export interface Drawn<Of> {
  title: string;
  unit: string;
  /** @param seconds that the entry tells of together */
  value: (second: Of, seconds: number) => number | null;
}

export const drawnOfRequests: readonly Drawn<Second>[] = [
  {
    title: 'Answers a second',
    unit: '1/s',
    value: ({ statuses }, seconds) => sum(Object.values(statuses)) / seconds,
  },
  { title: 'Latency p99', unit: 'ms', value: ({ latencyMs }) => latencyMs?.p99 ?? null },
  {
    title: 'Failed answers a second',
    unit: '1/s',
    value: ({ statuses }, seconds) =>
      sum(Object.entries(statuses).flatMap(([status, count]) => (failed(status) ? [count] : []))) / seconds,
  },
];

export const drawnOfMessages: readonly Drawn<MessageSecond>[] = [
  {
    title: 'Messages acknowledged a second',
    unit: '1/s',
    value: ({ acknowledged = 0 }, seconds) => acknowledged / seconds,
  },
  {
    title: 'Messages not acknowledged a second',
    unit: '1/s',
    value: ({ failed: refused = 0, unresolved = 0 }, seconds) => (refused + unresolved) / seconds,
  },
];

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** As k6 counts them: no answer at all, or a status of 400 or more. */
const failed = (status: string): boolean => status === '0' || Number(status) >= 400;
