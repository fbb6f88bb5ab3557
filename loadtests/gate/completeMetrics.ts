import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../core/clock.ts';
import type { Place } from '../../records/fields.ts';
import type { RunFile } from '../../records/run.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import type { JudgedSystem, MetricsRead } from './judge.ts';
import { readMetrics } from './readMetrics.ts';

export interface MetricsOptions {
  run: RunFile;
  systems: readonly JudgedSystem[];
  cloudWatch: CloudWatchClient;
  /** Where that one is, which may be another place than the run's. */
  place: Place;
  clock: Clock;
  /** Period of the stage's metrics and alarms in seconds. */
  periodSeconds: number;
  /** How long after a period's end its metrics count as complete, in seconds. */
  metricDelaySeconds: number;
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * The systems' metrics over some periods, at least one. Waits until they count as complete, and for what is still
 * missing as long again.
 * @param missing how many values are, of those that matter
 * @throws MetricsForbiddenError, the client's errors, and the signal's reason when aborted
 */
export async function completeMetrics(
  { systems, cloudWatch, clock, periodSeconds, metricDelaySeconds, onProgress, signal }: MetricsOptions,
  periods: HeldPeriods,
  missing: (metrics: MetricsRead) => number,
): Promise<MetricsRead> {
  const delayMs = metricDelaySeconds * 1_000;
  const endMs = (periods.startsMs.at(-1) ?? 0) + periodSeconds * 1_000;
  const completeAtMs = endMs + delayMs;
  // Asked again later, a run's metrics are all there: then one look decides.
  const deadlineMs = Math.max(completeAtMs + delayMs, clock.now());
  const pollMs = (periodSeconds * 1_000) / 5;

  const waitMs = completeAtMs - clock.now();
  if (waitMs > 0) {
    onProgress?.(`waiting ${Math.ceil(waitMs / 1_000)} s until the run's metrics are complete`);
    await clock.sleep(waitMs, signal);
  }
  for (;;) {
    signal?.throwIfAborted();
    const read = await readMetrics(cloudWatch, systems, periods, signal);
    const count = missing(read);
    const leftMs = deadlineMs - clock.now();
    if (count === 0 || leftMs <= 0) return read;
    onProgress?.(`${count} values are missing; waiting up to ${Math.ceil(leftMs / 1_000)} s more for them`);
    await clock.sleep(Math.min(pollMs, leftMs), signal);
  }
}
