import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidParameterValue } from '../../../cloudwatch/errors.ts';
import type { Observation } from '../../../cloudwatch/bucket.ts';
import { dimensionsOf, dimensionsSchema } from '../../../cloudwatch/metricDataQuery.ts';
import { timestampSchema } from '../../../cloudwatch/timestamp.ts';

/** CloudWatch accepts what is at most this much older or newer than now. */
const maximumAgeMs = 14 * 24 * 3_600_000;
const maximumAheadMs = 2 * 3_600_000;

const datumSchema = z.strictObject({
  MetricName: z.string().min(1).max(255),
  Dimensions: dimensionsSchema,
  Timestamp: timestampSchema.optional(),
  Value: z.number().optional(),
  Values: z.array(z.number()).min(1).max(150).optional(),
  Counts: z.array(z.number().nonnegative()).max(150).optional(),
  StatisticValues: z
    .strictObject({
      SampleCount: z.number().positive(),
      Sum: z.number(),
      Minimum: z.number(),
      Maximum: z.number(),
    })
    .optional(),
  Unit: z.string().optional(),
  // Every metric is kept by the second here.
  StorageResolution: z.union([z.literal(1), z.literal(60)]).optional(),
});

export const putMetricData = defineAction({
  name: 'PutMetricData',
  invalidInput: invalidParameterValue,
  input: z.strictObject({
    Namespace: z.string().min(1).max(255),
    MetricData: z.array(datumSchema).min(1).max(1_000),
  }),
  handle: ({ Namespace, MetricData }, { state, clock }) => {
    const nowMs = clock.now();
    const samples = MetricData.map((datum, index) => ({
      namespace: Namespace,
      name: datum.MetricName,
      dimensions: dimensionsOf(datum.Dimensions),
      timestampMs: timestampOf(datum, index, nowMs),
      ...(datum.Unit !== undefined && { unit: datum.Unit }),
      ...observationOf(datum, index),
    }));
    for (const sample of samples) state.metrics.put(sample);
    return {};
  },
});

function timestampOf({ Timestamp }: z.output<typeof datumSchema>, index: number, nowMs: number): number {
  if (Timestamp === undefined) return nowMs;
  if (Timestamp >= nowMs - maximumAgeMs && Timestamp <= nowMs + maximumAheadMs) return Timestamp;
  throw invalidParameterValue(
    `MetricData.${index}.Timestamp: expected a time from two weeks ago to two hours from now`,
  );
}

function observationOf(datum: z.output<typeof datumSchema>, index: number): Observation {
  const { Value, Values, Counts, StatisticValues } = datum;
  const given = [Value, Values, StatisticValues].filter((form) => form !== undefined);
  if (given.length !== 1 || (Counts && Counts.length !== Values?.length)) {
    throw invalidParameterValue(
      `MetricData.${index}: expected one of Value, Values (with as many Counts) and StatisticValues`,
    );
  }
  if (Value !== undefined) return { value: Value };
  if (Values) return { values: Values, counts: Counts };
  const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues ?? {};
  return { statistics: { sampleCount: SampleCount, sum: Sum, minimum: Minimum, maximum: Maximum } };
}
