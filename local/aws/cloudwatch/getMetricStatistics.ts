import { z } from 'zod';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import { dimensionsOf, dimensionsSchema, periodSchema } from '../../../cloudwatch/metricDataQuery.ts';
import type { MetricIdentity, MetricStore } from '../../../cloudwatch/metricStore.ts';
import { isSimpleStatistic, parseStatistic } from '../../../cloudwatch/statistic.ts';
import { timestampSchema } from '../../../cloudwatch/timestamp.ts';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import type { Wire, WireDocument } from '../wire.ts';

/** CloudWatch's own bound for one call. */
const maximumDatapoints = 1_440;

export const getMetricStatistics = defineAction({
  name: 'GetMetricStatistics',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    Namespace: z.string().min(1),
    MetricName: z.string().min(1),
    Dimensions: dimensionsSchema,
    StartTime: timestampSchema,
    EndTime: timestampSchema,
    Period: periodSchema,
    Statistics: z
      .array(
        z
          .string()
          .refine(isSimpleStatistic, { error: 'expected a statistic; percentiles are extended ones' }),
      )
      .max(5)
      .default([]),
    ExtendedStatistics: z.array(z.string()).max(10).default([]),
    Unit: z.string().optional(),
  }),
  handle: (input, { state: { metrics } }) => {
    const { Statistics, ExtendedStatistics } = input;
    if (Statistics.length > 0 === ExtendedStatistics.length > 0) {
      throw invalidCombination('expected either Statistics or ExtendedStatistics');
    }
    if (input.StartTime >= input.EndTime) {
      throw invalidParameterValue('StartTime: expected a time before EndTime');
    }
    const asked = Math.ceil((input.EndTime - input.StartTime) / (input.Period * 1_000));
    if (asked > maximumDatapoints) {
      throw invalidCombination(
        `You have requested up to ${asked} datapoints, which exceeds the limit of ${maximumDatapoints}.`,
      );
    }
    const metric = {
      namespace: input.Namespace,
      name: input.MetricName,
      dimensions: dimensionsOf(input.Dimensions),
    };
    const range = { periodSeconds: input.Period, startMs: input.StartTime, endMs: input.EndTime };
    const units = input.Unit === undefined ? metrics.unitsOf(metric) : [input.Unit];
    const datapoints = units.flatMap((unit) =>
      Statistics.length > 0
        ? ofPeriods(metrics, metric, Statistics, { ...range, unit }, (values) => Object.fromEntries(values))
        : ofPeriods(metrics, metric, ExtendedStatistics, { ...range, unit }, (values) => ({
            ExtendedStatistics: values,
          })),
    );
    return { Label: input.MetricName, Datapoints: datapoints };
  },
});

/** A datapoint a period, oldest first, with its statistics as `shape` writes them. */
function ofPeriods(
  metrics: MetricStore,
  metric: MetricIdentity,
  statistics: readonly string[],
  range: { periodSeconds: number; startMs: number; endMs: number; unit: string },
  shape: (values: ReadonlyMap<string, Wire>) => WireDocument,
): WireDocument[] {
  const byTime = new Map<number, Map<string, Wire>>();
  for (const name of statistics) {
    for (const { timestampMs, value } of metrics.query({
      ...metric,
      ...range,
      statistic: parseStatistic(name),
    })) {
      const values = byTime.get(timestampMs) ?? new Map<string, Wire>();
      byTime.set(timestampMs, values.set(name, value));
    }
  }
  return [...byTime].map(([timestampMs, values]) => ({
    Timestamp: new Date(timestampMs),
    ...shape(values),
    Unit: range.unit,
  }));
}

const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombinationException', message, { queryCode: 'InvalidParameterCombination' });
