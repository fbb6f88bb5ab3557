import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Measurement } from '../measurement.ts';
import { metricResults } from '../metricResults.ts';
import { readingOf, type Reading } from './compare.ts';

/** The mean of each measurement over a window; one without any datapoint in it is left out. */
export async function readWindow(
  client: CloudWatchClient,
  wanted: readonly { system: string; measurement: Measurement }[],
  window: { startMs: number; endMs: number },
): Promise<Reading[]> {
  const values = new Map(wanted.map((one): [typeof one, number[]] => [one, []]));
  const span = { StartTime: new Date(window.startMs), EndTime: new Date(window.endMs) };
  for await (const [one, { Values = [] }] of metricResults(client, wanted, span)) {
    values.get(one)!.push(...Values);
  }
  return [...values].flatMap(([{ system, measurement }, read]) => readingOf(system, measurement, read));
}
