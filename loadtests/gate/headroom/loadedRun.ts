import { mean } from '../../../core/statistics.ts';
import type { RunFile } from '../../../records/run.ts';
import { answeredIn, type Second } from '../seconds.ts';
import type { LoadedPeriod, LoadedRun } from './readings.ts';

/** A period counts when the run's seconds cover this share of it at least. */
const coveredShare = 0.5;

/** Seconds over which the busiest load of a period is taken. */
const busySeconds = 3;

/**
 * The periods that a run covers, with the system's load in each: what was answered, whatever the answer.
 * @param expectedPerSecond requests a second that are the expected peak
 */
export function loadedRunOf(
  run: RunFile,
  system: string,
  expectedPerSecond: number,
  periodSeconds: number,
): LoadedRun {
  const runStartMs = Date.parse(run.windows.run.start);
  const [holdStartMs, holdEndMs] = [Date.parse(run.windows.hold.start), Date.parse(run.windows.hold.end)];
  const series = run.systems.find((candidate) => candidate.system === system)?.series ?? [];
  const periodMs = periodSeconds * 1_000;
  const periods = Map.groupBy(
    series,
    ({ second }) => Math.floor((runStartMs + second * 1_000) / periodMs) * periodMs,
  );
  return {
    periodSeconds,
    periods: [...periods].flatMap(([startMs, seconds]): LoadedPeriod[] => {
      if (seconds.length < coveredShare * periodSeconds) return [];
      const load = mean(seconds.map(answeredIn)) / expectedPerSecond;
      const held = startMs >= holdStartMs && startMs + periodMs <= holdEndMs;
      return [{ startMs, load, topLoad: load * busiest(seconds), held }];
    }),
  };
}

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
