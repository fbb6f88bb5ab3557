import { mean } from '../../../core/statistics.ts';
import type { RunFile } from '../../../records/run.ts';
import { answeredIn, type Second } from '../seconds.ts';
import type { Load, LoadedRun, RunPeriod } from './readings.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/** Seconds over which the busiest load of a period is taken. */
const busySeconds = 3;

/** What is the expected peak; a rate of 0 is of a system that expects none. */
export interface ExpectedPeak {
  requestsPerSecond: number;
  messagesPerSecond: number;
}

/**
 * The periods that a run covers, with the system's load in each. What API Gateway's own throttle turned away
 * reached no function, and what failed may not have reached the database: it used neither. Of the whole peak a run
 * that sends a smaller share of its messages has no more than that share.
 */
export function loadedRunOf(
  run: RunFile,
  system: string,
  expected: ExpectedPeak,
  periodSeconds: number,
): LoadedRun {
  const runStartMs = Date.parse(run.windows.run.start);
  const [holdStartMs, holdEndMs] = [Date.parse(run.windows.hold.start), Date.parse(run.windows.hold.end)];
  const loaded = run.systems.find((candidate) => candidate.system === system);
  const series = loaded && expected.requestsPerSecond > 0 ? loaded.series : [];
  const messages = loaded?.messages?.series ?? [];
  const periodMs = periodSeconds * 1_000;
  const periodOf = ({ second }: { second: number }): number =>
    Math.floor((runStartMs + second * 1_000) / periodMs) * periodMs;
  const messagesIn = Map.groupBy(messages, periodOf);
  const sharedBy = shareOfMessages(series, messages, expected);
  return {
    periodSeconds,
    periods: [...Map.groupBy(series, periodOf)].flatMap(([startMs, seconds]): RunPeriod[] => {
      if (seconds.length < coveredShare * periodSeconds) return [];
      const top = busiest(seconds);
      const loadOf = (total: number, perSecond: number): Load => {
        const load = perSecond > 0 ? total / seconds.length / perSecond : 0;
        return { mean: load, top: load * top };
      };
      const served = sumOf(seconds, servedIn);
      return [
        {
          startMs,
          held: startMs >= holdStartMs && startMs + periodMs <= holdEndMs,
          loads: {
            requests: loadOf(sumOf(seconds, letIn), expected.requestsPerSecond),
            messages: loadOf(
              sumOf(messagesIn.get(startMs) ?? [], acknowledgedIn),
              expected.messagesPerSecond,
            ),
            whole: loadOf(served * sharedBy, expected.requestsPerSecond),
          },
        },
      ];
    }),
  };
}

type MessageSecond = NonNullable<RunFile['systems'][number]['messages']>['series'][number];

/**
 * Which share of the messages that belong to the requests of a run it sent, at most 1. Over the whole run: both
 * follow the same course, and of few messages a period has one more or less.
 */
function shareOfMessages(
  series: readonly Second[],
  messages: readonly MessageSecond[],
  expected: ExpectedPeak,
): number {
  if (expected.messagesPerSecond === 0) return 1;
  const belonging = (sumOf(series, servedIn) / expected.requestsPerSecond) * expected.messagesPerSecond;
  return belonging > 0 ? Math.min(1, sumOf(messages, acknowledgedIn) / belonging) : 0;
}

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

const acknowledgedIn = ({ acknowledged = 0 }: MessageSecond): number => acknowledged;

/** Answers of the system itself, whatever they say. */
const letIn = (second: Second): number => answeredIn(second) - (second.statuses['429'] ?? 0);

/** Answers without those of an error of the system. */
const servedIn = (second: Second): number =>
  letIn(second) -
  Object.entries(second.statuses).reduce(
    (failed, [status, count]) => (Number(status) >= 500 ? failed + count : failed),
    0,
  );

/**
 * How much busier than on average it was in the busiest seconds, as the schedule had it: answers come too
 * unevenly to tell.
 */
function busiest(seconds: readonly Second[]): number {
  const intended = seconds.map((second) => second.intended);
  const whole = mean(intended);
  if (!(whole > 0)) return 1;
  const stretches = intended
    .slice(busySeconds - 1)
    .map((_, first) => mean(intended.slice(first, first + busySeconds)));
  return Math.max(1, ...stretches.map((stretch) => stretch / whole));
}
