import { mean } from '../../../core/statistics.ts';
import type { RunFile } from '../../../records/run.ts';
import { answeredIn, type Second } from '../seconds.ts';
import type { Load, LoadedRun, RunPeriod } from './readings.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/** Seconds over which the busiest load of a period is taken. */
const busySeconds = 3;

const none: Load = { mean: 0, top: 0 };

/**
 * The periods that a run covers, with the system's load in each. What API Gateway's own throttle turned away
 * reached no function, and what failed may not have reached the database: it used neither.
 * @param expectedPerSecond requests a second that are the expected peak; without any there is no multiple of it
 */
export function loadedRunOf(
  run: RunFile,
  system: string,
  expectedPerSecond: number,
  periodSeconds: number,
): LoadedRun {
  const runStartMs = Date.parse(run.windows.run.start);
  const [holdStartMs, holdEndMs] = [Date.parse(run.windows.hold.start), Date.parse(run.windows.hold.end)];
  const loaded = run.systems.find((candidate) => candidate.system === system);
  const series = loaded && expectedPerSecond > 0 ? loaded.series : [];
  const periodMs = periodSeconds * 1_000;
  const periods = Map.groupBy(
    series,
    ({ second }) => Math.floor((runStartMs + second * 1_000) / periodMs) * periodMs,
  );
  return {
    periodSeconds,
    periods: [...periods].flatMap(([startMs, seconds]): RunPeriod[] => {
      if (seconds.length < coveredShare * periodSeconds) return [];
      const top = busiest(seconds);
      const loadOf = (counted: (second: Second) => number): Load => {
        const load = mean(seconds.map(counted)) / expectedPerSecond;
        return { mean: load, top: load * top };
      };
      return [
        {
          startMs,
          held: startMs >= holdStartMs && startMs + periodMs <= holdEndMs,
          loads: { requests: loadOf(letIn), messages: none, whole: loadOf(served) },
        },
      ];
    }),
  };
}

/** Answers of the system itself, whatever they say. */
const letIn = (second: Second): number => answeredIn(second) - (second.statuses['429'] ?? 0);

/** Answers without those of an error of the system. */
const served = (second: Second): number =>
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
