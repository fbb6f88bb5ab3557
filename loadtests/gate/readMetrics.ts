import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import type { Measurement } from '../../monitoring/measurement.ts';
import { queriesInCalls } from '../../monitoring/metricQueries.ts';
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
  for (const { asked, queries } of queriesInCalls(wanted)) {
    for await (const result of results(client, queries, periods, signal)) {
      const { key } = asked.get(result.Id ?? '') ?? {};
      if (key === undefined) continue;
      if (result.StatusCode === 'Forbidden') throw new MetricsForbiddenError([key]);
      const said = (result.Messages ?? []).flatMap(({ Value }) => Value ?? []);
      if (said.length > 0) remarks.set(key, said.join(' '));
      result.Timestamps?.forEach((timestamp, index) => {
        const value = result.Values?.[index];
        if (value !== undefined) metrics.get(key)!.set(timestamp.getTime(), value);
      });
    }
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

/** All pages of one call; a metric may go on over several. */
async function* results(
  client: CloudWatchClient,
  queries: MetricDataQuery[],
  { startsMs, periodSeconds }: HeldPeriods,
  signal: AbortSignal | undefined,
): AsyncGenerator<MetricDataResult> {
  const startMs = startsMs[0]!;
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(startMs),
        // Exclusive.
        EndTime: new Date(startMs + startsMs.length * periodSeconds * 1_000),
        ScanBy: 'TimestampAscending',
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      }),
      signal ? { abortSignal: signal } : {},
    );
    yield* page.MetricDataResults ?? [];
    nextToken = page.NextToken;
  } while (nextToken !== undefined);
}
