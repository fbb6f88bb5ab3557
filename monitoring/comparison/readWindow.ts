import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Measurement } from '../measurement.ts';
import { readingOf, type Reading } from './compare.ts';

/** Queries that one GetMetricData call accepts. */
const queriesPerCall = 500;

/** The mean of each measurement over a window; one without any datapoint in it is left out. */
export async function readWindow(
  client: CloudWatchClient,
  wanted: readonly { system: string; measurement: Measurement }[],
  window: { startMs: number; endMs: number },
): Promise<Reading[]> {
  const values = wanted.map((): number[] => []);
  for (let first = 0; first < wanted.length; first += queriesPerCall) {
    const queries = wanted.slice(first, first + queriesPerCall).map(({ measurement }, index) => ({
      Id: `q${first + index}`,
      MetricStat: {
        Metric: {
          Namespace: measurement.namespace,
          MetricName: measurement.metricName,
          Dimensions: Object.entries(measurement.dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: measurement.periodSeconds,
        Stat: measurement.statistic,
      },
    }));
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: new Date(window.startMs),
          EndTime: new Date(window.endMs),
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      );
      for (const { Id, Values = [] } of page.MetricDataResults ?? []) {
        values[Number(Id?.slice(1))]?.push(...Values);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return wanted.flatMap(({ system, measurement }, index) => readingOf(system, measurement, values[index]!));
}
