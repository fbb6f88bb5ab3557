import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Clock } from '../../core/clock.ts';
import { limits } from '../../monitoring/limits.ts';
import { isSignal, toReaderUnit } from '../../monitoring/signals.ts';
import { firstOver } from './firstOver.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { metricKey, type JudgedSystem, type MetricValues } from './judge.ts';
import { questionsOf, type Question } from './questions.ts';
import { readMetrics } from './readMetrics.ts';

export interface WatchOptions {
  /** The systems under load. */
  systems: readonly JudgedSystem[];
  cloudWatch: CloudWatchClient;
  clock: Clock;
  periodSeconds: number;
  /** How long after a period's end its metrics count as complete, in seconds. */
  metricDelaySeconds: number;
  onProgress?: (line: string) => void;
}

/**
 * Watches the signals of the systems while they are under a load that grows. Whatever CloudWatch refuses is told, and
 * asked again: the load does not depend on being watched.
 * @param startMs when the load begins
 * @param over aborted when it has ended, for whatever reason
 * @returns the first limit that was crossed; null when the load has ended before
 */
export async function watchClimb(
  { systems, cloudWatch, clock, periodSeconds, metricDelaySeconds, onProgress }: WatchOptions,
  startMs: number,
  over: AbortSignal,
): Promise<string | null> {
  const periodMs = periodSeconds * 1_000;
  const firstMs = Math.ceil(startMs / periodMs) * periodMs;
  let unread = false;
  while (await sleeps(clock, periodMs, over)) {
    const nowMs = clock.now();
    const count = Math.floor((nowMs - firstMs) / periodMs);
    if (count <= 0) continue;
    const periods = {
      periodSeconds,
      startsMs: Array.from({ length: count }, (_, index) => firstMs + index * periodMs),
    };
    try {
      const { metrics } = await readMetrics(cloudWatch, systems, periods, over);
      const crossed = firstCrossed(systems, metrics, periods, nowMs - metricDelaySeconds * 1_000);
      if (crossed !== undefined) return crossed;
    } catch (error) {
      if (over.aborted) return null;
      if (!unread) onProgress?.(`the climb cannot be watched: ${String(error)}`);
      unread = true;
    }
  }
  return null;
}

/** @param completeMs up to here metrics are complete */
function firstCrossed(
  systems: readonly JudgedSystem[],
  metrics: MetricValues,
  { periodSeconds, startsMs }: HeldPeriods,
  completeMs: number,
): string | undefined {
  for (const { system, question } of systems.flatMap((each) =>
    questionsOf(each, periodSeconds)
      .filter(({ id }) => isSignal(id))
      .map((asked) => ({ system: each.system, question: asked })),
  )) {
    const read = metrics.get(metricKey(system, question.id));
    const values = startsMs.flatMap((startMs) => {
      const value = read?.get(startMs);
      const isFinal = isMost(question) || startMs + periodSeconds * 1_000 <= completeMs;
      return value === undefined || !isFinal ? [] : [toReaderUnit(question, value)];
    });
    if (isCrossed(values, question.limit)) return `${question.id} of ${system} has crossed its limit`;
  }
  return undefined;
}

/** The most of a period that is over its limit stays so, whatever comes later of the same period. */
const isMost = ({ statistic, remaining }: Question): boolean =>
  statistic === (remaining ? 'Minimum' : 'Maximum');

/** Over its limit for as long as it takes: what ends over it for less may still be one slow period. */
function isCrossed(values: readonly number[], limit: number): boolean {
  const index = firstOver(values, limit);
  return index !== -1 && values.length - index >= limits.breakpoint.periodsToCross;
}

/** Whether the time went by before the load was over. */
const sleeps = (clock: Clock, durationMs: number, over: AbortSignal): Promise<boolean> =>
  clock.sleep(durationMs, over).then(
    () => !over.aborted,
    () => false,
  );
