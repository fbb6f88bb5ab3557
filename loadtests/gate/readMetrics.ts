import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { Measurement } from '../../monitoring/measurement.ts';
import { metricResults } from '../../monitoring/metricResults.ts';
import { MetricsForbiddenError } from './errors.ts';
import { flowMeasurementsOf } from './headroom/measuredUse.ts';
import type { HeldPeriods } from './heldPeriods.ts';
import { metricKey, type MetricsRead } from './judge.ts';
import { questionsOf } from './questions.ts';
import { loadCountOf } from './sameLoad.ts';

/**
 * All that is asked of every system, and what its headroom is told from, over the periods.
 * @throws MetricsForbiddenError, and whatever the client throws.
 */
export async function readMetrics(
  client: CloudWatchClient,
  systems: readonly MonitoredSystem[],
  periods: HeldPeriods,
  signal?: AbortSignal,
): Promise<MetricsRead> {
  const wanted = systems.flatMap((system) =>
    measuredOf(system, periods.periodSeconds).map((measurement) => ({
      key: metricKey(system.system, measurement.id),
      measurement,
    })),
  );
  const metrics = new Map(wanted.map(({ key }) => [key, new Map<number, number>()]));
  const remarks = new Map<string, string>();
  const startMs = periods.startsMs[0]!;
  const span = {
    StartTime: new Date(startMs),
    EndTime: new Date(startMs + periods.startsMs.length * periods.periodSeconds * 1_000),
    ScanBy: 'TimestampAscending',
  } as const;
  for await (const [{ key }, result] of metricResults(client, wanted, span, signal)) {
    if (result.StatusCode === 'Forbidden') throw new MetricsForbiddenError([key]);
    const said = (result.Messages ?? []).flatMap(({ Value }) => Value ?? []);
    if (said.length > 0) remarks.set(key, said.join(' '));
    result.Timestamps?.forEach((timestamp, index) => {
      const value = result.Values?.[index];
      if (value !== undefined) metrics.get(key)!.set(timestamp.getTime(), value);
    });
  }
  return { metrics, remarks };
}

function measuredOf(system: MonitoredSystem, periodSeconds: number): Measurement[] {
  const flow = Object.values(flowMeasurementsOf(system, periodSeconds));
  const count = loadCountOf(system, periodSeconds);
  return [
    ...questionsOf(system, periodSeconds),
    ...flow,
    // Invocations are of the flow already.
    ...(count?.of === 'requests' ? [count.measurement] : []),
  ];
}
