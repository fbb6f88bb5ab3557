import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Measurement } from '../measurement.ts';
import { queriesInCalls } from '../metricQueries.ts';
import { readingOf, type Reading } from './compare.ts';

/** The mean of each measurement over a window; one without any datapoint in it is left out. */
export async function readWindow(
  client: CloudWatchClient,
  wanted: readonly { system: string; measurement: Measurement }[],
  window: { startMs: number; endMs: number },
): Promise<Reading[]> {
  const values = new Map(wanted.map((one): [typeof one, number[]] => [one, []]));
  for (const { asked, queries } of queriesInCalls(wanted)) {
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
        const one = asked.get(Id ?? '');
        if (one) values.get(one)!.push(...Values);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
  return [...values].flatMap(([{ system, measurement }, read]) => readingOf(system, measurement, read));
}
