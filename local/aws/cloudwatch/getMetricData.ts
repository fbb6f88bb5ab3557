import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { page } from '../page.ts';
import {
  evaluateQueries,
  maximumDatapoints,
  metricDataQuerySchema,
  type MetricDataQuery,
} from '../../../cloudwatch/metricDataQuery.ts';
import { timestampSchema } from '../../../cloudwatch/timestamp.ts';
import type { Withheld, WithheldMetrics } from './withheldMetrics.ts';

/** CloudWatch's own bound for one call. */
const maximumQueries = 500;

export const getMetricData = defineAction({
  name: 'GetMetricData',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    MetricDataQueries: z.array(metricDataQuerySchema).min(1).max(maximumQueries),
    StartTime: timestampSchema,
    EndTime: timestampSchema,
    ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
    MaxDatapoints: z.number().int().min(1).max(maximumDatapoints).default(maximumDatapoints),
    NextToken: z.string().optional(),
  }),
  handle: ({ MetricDataQueries, StartTime, EndTime, ScanBy, MaxDatapoints, NextToken }, { state }) => {
    if (StartTime >= EndTime) throw invalidParameterValue('StartTime: expected a time before EndTime');
    const range = { startMs: StartTime, endMs: EndTime };
    const results = evaluateQueries(MetricDataQueries, state.metrics, range);
    const flat = results.flatMap(({ datapoints }, index) =>
      (ScanBy === 'TimestampAscending' ? datapoints : datapoints.toReversed()).map((point) => ({
        index,
        point,
      })),
    );
    const { items, nextToken } = page(flat, MaxDatapoints, NextToken, refusalAs('InvalidNextToken'));
    const complete = nextToken === undefined;
    const lastIndex = items.at(-1)?.index ?? 0;
    const byIndex = Map.groupBy(items, (item) => item.index);
    return {
      MetricDataResults: results.map(({ query, label }, index) => {
        const points = byIndex.get(index) ?? [];
        return {
          Id: query.Id,
          Label: label,
          Timestamps: points.map(({ point }) => new Date(point.timestampMs)),
          Values: points.map(({ point }) => point.value),
          StatusCode: complete || index < lastIndex ? 'Complete' : 'PartialData',
          Messages: messagesOf(withheldFrom(query, state.withheld, range)),
        };
      }),
      NextToken: nextToken,
      Messages: [],
    };
  },
});

function withheldFrom(
  { MetricStat }: MetricDataQuery,
  withheld: WithheldMetrics,
  range: { startMs: number; endMs: number },
): Withheld[] {
  if (!MetricStat) return [];
  const { Namespace: namespace, MetricName: name } = MetricStat.Metric;
  return withheld.within({ namespace, name }, range);
}

/** One message a result, however many of its periods have no value: about the newest. */
function messagesOf(withheld: readonly Withheld[]): { Code: string; Value: string }[] | undefined {
  const newest = withheld.at(-1);
  if (!newest) return undefined;
  const at = new Date(newest.startMs).toISOString();
  return [{ Code: 'Withheld', Value: `No value for the period from ${at} on: ${newest.reason}.` }];
}
