import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../service/clock.ts';
import type { RunFile } from '../runFile.ts';
import type { Sizes } from './advice.ts';
import { heldPeriods, loadedPeriods, type HeldPeriods } from './heldPeriods.ts';
import { judge, missingValues, type Evidence, type JudgedSystem, type MetricValues } from './judge.ts';
import { readMetrics } from './readMetrics.ts';
import type { VerdictFile } from './verdictFile.ts';

export interface GateOptions {
  run: RunFile;
  /** Every system of the stage. */
  systems: readonly JudgedSystem[];
  /** What each of them has. */
  sizes: Sizes;
  cloudWatch: CloudWatchClient;
  clock: Clock;
  /** Period of the stage's metrics and alarms in seconds. */
  periodSeconds: number;
  /** How long after a period's end its metrics count as complete, in seconds. */
  metricDelaySeconds: number;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * Waits until the metrics of the hold are complete, and judges. What is still missing twice the delay
 * after the hold is judged as missing.
 * @throws MetricsForbiddenError, the client's errors, and the signal's reason when aborted.
 */
export async function runGate(options: GateOptions): Promise<VerdictFile> {
  const { run, systems, sizes, clock } = options;
  const periods = heldPeriods(run.windows.hold, options.periodSeconds);
  const evidenceWith = (metrics: MetricValues): Evidence => ({
    run,
    systems,
    sizes,
    periods,
    metrics,
    judgedAtMs: clock.now(),
  });
  const metrics =
    periods.startsMs.length > 0
      ? await completeMetrics(options, periods, evidenceWith)
      : new Map<string, ReadonlyMap<number, number>>();
  return judge(evidenceWith(metrics));
}

async function completeMetrics(
  { run, systems, cloudWatch, clock, metricDelaySeconds, onProgress, signal }: GateOptions,
  periods: HeldPeriods,
  evidenceWith: (metrics: MetricValues) => Evidence,
): Promise<MetricValues> {
  const loaded = loadedPeriods(run.windows, periods.periodSeconds);
  const delayMs = metricDelaySeconds * 1_000;
  const completeAtMs = Date.parse(run.windows.hold.end) + delayMs;
  // Asked again later, a run's metrics are all there: then one look decides.
  const deadlineMs = Math.max(completeAtMs + delayMs, clock.now());
  const pollMs = (periods.periodSeconds * 1_000) / 5;

  const waitMs = completeAtMs - clock.now();
  if (waitMs > 0) {
    onProgress?.(`waiting ${Math.ceil(waitMs / 1_000)} s until the metrics of the hold are complete`);
    await clock.sleep(waitMs, signal);
  }
  for (;;) {
    signal?.throwIfAborted();
    const metrics = await readMetrics(cloudWatch, systems, loaded, signal);
    const missing = missingValues(evidenceWith(metrics));
    const leftMs = deadlineMs - clock.now();
    if (missing === 0 || leftMs <= 0) return metrics;
    onProgress?.(`${missing} values are missing; waiting up to ${Math.ceil(leftMs / 1_000)} s more for them`);
    await clock.sleep(Math.min(pollMs, leftMs), signal);
  }
}
