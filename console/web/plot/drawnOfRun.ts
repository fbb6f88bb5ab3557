import type { RunFile } from '../../../records/run.ts';

// What the plots of a run draw of its seconds: who leaves seconds out keeps the extremes of just these.

type SystemRun = RunFile['systems'][number];
type Second = SystemRun['series'][number];
type MessageSecond = NonNullable<SystemRun['messages']>['series'][number];

/** One plot's title and unit, and the value of a second; null where it has none. */
export interface Drawn<Of> {
  title: string;
  unit: string;
  value: (second: Of) => number | null;
}

export const drawnOfRequests: readonly Drawn<Second>[] = [
  { title: 'Answers a second', unit: '1/s', value: ({ statuses }) => sum(Object.values(statuses)) },
  { title: 'Latency p99', unit: 'ms', value: ({ latencyMs }) => latencyMs?.p99 ?? null },
  {
    title: 'Failed answers a second',
    unit: '1/s',
    value: ({ statuses }) =>
      sum(Object.entries(statuses).flatMap(([status, count]) => (failed(status) ? [count] : []))),
  },
];

export const drawnOfMessages: readonly Drawn<MessageSecond>[] = [
  {
    title: 'Messages acknowledged a second',
    unit: '1/s',
    value: ({ acknowledged = 0 }) => acknowledged,
  },
  {
    title: 'Messages not acknowledged a second',
    unit: '1/s',
    value: ({ failed: refused = 0, unresolved = 0 }) => refused + unresolved,
  },
];

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** As k6 counts them: no answer at all, or a status of 400 or more. */
const failed = (status: string): boolean => status === '0' || Number(status) >= 400;
