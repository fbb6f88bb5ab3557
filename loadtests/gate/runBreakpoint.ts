import { isSignal } from '../../monitoring/signals.ts';
import { breakpointOf, type BreakpointInput } from './breakpoint.ts';
import type { BreakpointFile } from '../../records/breakpoint.ts';
import { completeMetrics, type MetricsOptions } from './completeMetrics.ts';
import { touchedPeriods } from './heldPeriods.ts';
import type { MetricValues } from './judge.ts';

/**
 * Waits until the metrics of the climb are complete, and says at which rate the first limit gave way.
 * @throws MetricsForbiddenError, the client's errors, and the signal's reason when aborted
 */
export async function runBreakpoint(options: MetricsOptions): Promise<BreakpointFile> {
  const { run, periodSeconds, place, clock } = options;
  const loaded = new Set(run.systems.map(({ system }) => system));
  const systems = options.systems.filter(({ system }) => loaded.has(system));
  const inputWith = (metrics: MetricValues): BreakpointInput => ({
    run,
    systems,
    periodSeconds,
    metrics,
    place,
    answeredAtMs: clock.now(),
  });
  const periods = touchedPeriods(run.windows, periodSeconds);
  const { metrics } =
    periods.startsMs.length > 0
      ? await completeMetrics({ ...options, systems }, periods, (found) =>
          missingAtTheEnd(breakpointOf(inputWith(found.metrics))),
        )
      : { metrics: new Map<string, never>() };
  return breakpointOf(inputWith(metrics));
}

/** CloudWatch's values of the last whole period: what comes latest. */
const missingAtTheEnd = ({ systems }: BreakpointFile): number =>
  systems
    .flatMap(({ periods }) => Object.entries(periods.findLast(({ whole }) => whole)?.values ?? {}))
    .filter(([signal, value]) => value === null && isSignal(signal)).length;
