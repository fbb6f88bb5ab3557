import { mean } from '../../core/statistics.ts';
import { signalsOf, toReaderUnit } from '../../monitoring/signals.ts';
import type { RunFile } from '../../records/run.ts';
import type { ClimbPeriod } from '../../records/breakpoint.ts';
import { answeredIn, requestsIn, secondsOf, secondsWithin, type Second } from './seconds.ts';
import { metricKey, type JudgedSystem, type MetricValues } from './judge.ts';

type SystemRun = RunFile['systems'][number];
type Latency = NonNullable<SystemRun['periods']>['latencies'][number]['latencyMs'];

/** Fewer seconds of a period that the run only touches say nothing. */
const fewestSeconds = 3;

/**
 * The climb period by period, as far as the run goes: what was answered, and every signal at that load. The
 * last one may be a part of a period: errors and latency are known of it, and of CloudWatch's metrics what is over
 * its limit, since the rest of that period used nothing more; what is below it says nothing.
 */
export function climbPeriods(
  run: RunFile,
  system: JudgedSystem,
  metrics: MetricValues,
  periodSeconds: number,
): ClimbPeriod[] {
  const { hold } = run.windows;
  const runStartMs = Date.parse(run.windows.run.start);
  const startMs = Date.parse(hold.start);
  const systemRun = run.systems.find((candidate) => candidate.system === system.system);
  const series = secondsOf(run, system.system);
  // After an abort, requests under way end in seconds to which no load belongs.
  const lastLoaded = series.findLast(({ intended }) => intended > 0)?.second ?? 0;
  const endMs = Math.min(Date.parse(hold.end), runStartMs + (lastLoaded + 1) * 1_000);
  const periodMs = periodSeconds * 1_000;
  const signals = Object.values(signalsOf(system, periodSeconds));
  const latencyOf = latenciesByPeriod(systemRun, periodSeconds);
  const periods: ClimbPeriod[] = [];
  for (
    let periodStartMs = Math.floor(startMs / periodMs) * periodMs;
    periodStartMs < endMs;
    periodStartMs += periodMs
  ) {
    const from = Math.max(startMs, periodStartMs);
    const to = Math.min(endMs, periodStartMs + periodMs);
    const seconds = secondsWithin(series, runStartMs, { startMs: from, endMs: to });
    if (seconds.length < fewestSeconds) continue;
    const whole = from === periodStartMs && to === periodStartMs + periodMs;
    const values = signals.map((metricSignal): [string, number | null] => {
      const read = metrics.get(metricKey(system.system, metricSignal.id))?.get(periodStartMs);
      const value = read === undefined ? null : toReaderUnit(metricSignal, read);
      const tells = whole || (from === periodStartMs && (value ?? 0) >= metricSignal.limit);
      return [metricSignal.id, tells ? value : null];
    });
    periods.push({
      start: new Date(periodStartMs).toISOString(),
      whole,
      perSecond: mean(seconds.map(answeredIn)),
      intendedPerSecond: mean(seconds.map(({ intended }) => intended)),
      values: {
        ...Object.fromEntries(values),
        apiThrottle: percentOf(seconds, ({ statuses }) => statuses[tooManyRequests] ?? 0),
        failedRequests: percentOf(seconds, ({ failed = 0 }) => failed),
        latencyP99: latencyOf(periodStartMs)?.p99 ?? null,
      },
    });
  }
  return periods;
}

const sumOf = (seconds: readonly Second[], of: (second: Second) => number): number =>
  seconds.reduce((sum, second) => sum + of(second), 0);

/** The answer of an API's throttle, and of nothing else here: a function that is throttled is a 500 of its API. */
const tooManyRequests = '429';

/** A share of the requests; null without any. */
function percentOf(seconds: readonly Second[], of: (second: Second) => number): number | null {
  const requests = sumOf(seconds, requestsIn);
  return requests === 0 ? null : (sumOf(seconds, of) / requests) * 100;
}

/** Over all answers to what began in the period: of the percentiles of its seconds none of it can be made. */
function latenciesByPeriod(
  systemRun: SystemRun | undefined,
  periodSeconds: number,
): (startMs: number) => Latency | undefined {
  const { seconds, latencies = [] } = systemRun?.periods ?? {};
  const known = new Map(
    seconds === periodSeconds
      ? latencies.map(({ start, latencyMs }): [number, Latency] => [Date.parse(start), latencyMs])
      : [],
  );
  return (startMs) => known.get(startMs);
}
