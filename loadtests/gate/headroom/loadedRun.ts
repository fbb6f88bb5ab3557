import { mean } from '../../../core/statistics.ts';
import type { RunFile } from '../../../records/run.ts';
import { acknowledgedBySecond, answeredIn, requestsBySecond, type Second } from '../seconds.ts';
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
  const periodMs = periodSeconds * 1_000;
  const periodOf = (second: number): number =>
    Math.floor((runStartMs + second * 1_000) / periodMs) * periodMs;
  const of = (count: (second: Second) => number): number[] =>
    expected.requestsPerSecond > 0 ? requestsBySecond(run, system, count) : [];
  const intended = of((second) => second.intended);
  const admitted = of(letIn);
  const served = of(servedIn);
  const acknowledged = acknowledgedBySecond(run, system);
  const sharedBy = shareOfMessages(sumOf(served), sumOf(acknowledged), expected);
  const periods: RunPeriod[] = [];
  for (let from = 0, to = 0; from < intended.length; from = to) {
    const startMs = periodOf(from);
    while (to < intended.length && periodOf(to) === startMs) to += 1;
    if (to - from < coveredShare * periodSeconds) continue;
    const top = busiest(intended.slice(from, to));
    const loadOf = (counts: readonly number[], perSecond: number): Load => {
      const load = perSecond > 0 ? mean(counts) / perSecond : 0;
      return { mean: load, top: load * top };
    };
    const here = (counts: readonly number[]): number[] =>
      Array.from({ length: to - from }, (_, index) => counts[from + index] ?? 0);
    periods.push({
      startMs,
      held: startMs >= holdStartMs && startMs + periodMs <= holdEndMs,
      loads: {
        requests: loadOf(here(admitted), expected.requestsPerSecond),
        messages: loadOf(here(acknowledged), expected.messagesPerSecond),
        whole: loadOf(
          here(served).map((count) => count * sharedBy),
          expected.requestsPerSecond,
        ),
      },
    });
  }
  return { periodSeconds, periods };
}

/**
 * Which share of the messages that belong to the requests of a run it sent, at most 1. Over the whole run: both
 * follow the same course, and of few messages a period has one more or less.
 * @param served requests
 */
function shareOfMessages(served: number, acknowledged: number, expected: ExpectedPeak): number {
  if (expected.messagesPerSecond === 0) return 1;
  const belonging = (served / expected.requestsPerSecond) * expected.messagesPerSecond;
  return belonging > 0 ? Math.min(1, acknowledged / belonging) : 0;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

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
function busiest(intended: readonly number[]): number {
  const whole = mean(intended);
  if (!(whole > 0)) return 1;
  const stretches = intended
    .slice(busySeconds - 1)
    .map((_, first) => mean(intended.slice(first, first + busySeconds)));
  return Math.max(1, ...stretches.map((stretch) => stretch / whole));
}
