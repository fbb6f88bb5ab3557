import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type GetMetricDataCommandInput,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import type { Measurement } from './measurement.ts';
import { queriesInCalls } from './metricQueries.ts';

/** From when to when, the end left out; and in which order. */
type Span = Pick<GetMetricDataCommandInput, 'StartTime' | 'EndTime' | 'ScanBy'>;

/**
 * What CloudWatch answers of measurements, of each with what asked for it: all pages of as many calls as it takes. One
 * measurement may go on over several pages.
 * @throws the client's errors
 */
export async function* metricResults<M extends { measurement: Measurement }>(
  client: CloudWatchClient,
  wanted: readonly M[],
  span: Span,
  abortSignal?: AbortSignal,
): AsyncGenerator<[M, MetricDataResult]> {
  for (const { asked, queries } of queriesInCalls(wanted)) {
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetMetricDataCommand({
          ...span,
          MetricDataQueries: queries,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
        abortSignal ? { abortSignal } : {},
      );
      for (const result of page.MetricDataResults ?? []) {
        const one = asked.get(result.Id ?? '');
        if (one) yield [one, result];
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  }
}
