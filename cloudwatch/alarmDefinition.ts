import { z } from 'zod';
import { invalidParameterValue } from './errors.ts';
import type { AlarmRule } from './alarmEvaluator.ts';
import {
  dimensionsSchema,
  evaluateQueries,
  metricDataQuerySchema,
  periodSchema,
  type MetricDataQuery,
} from './metricDataQuery.ts';
import { MetricStore } from './metricStore.ts';
import { isSimpleStatistic } from './statistic.ts';

const actionsSchema = z.array(z.string()).default([]);

/** Told to whoever asks; they change nothing here. */
export const tagsSchema = z.array(z.strictObject({ Key: z.string(), Value: z.string() })).default([]);

/** Properties of AWS::CloudWatch::Alarm, intrinsics resolved; PutMetricAlarm takes the same. */
export const alarmPropertiesSchema = z
  .strictObject({
    AlarmName: z.string().min(1),
    AlarmDescription: z.string().optional(),
    ActionsEnabled: z.boolean().default(true),
    AlarmActions: actionsSchema,
    OKActions: actionsSchema,
    InsufficientDataActions: actionsSchema,
    Namespace: z.string().optional(),
    MetricName: z.string().optional(),
    Dimensions: dimensionsSchema,
    Statistic: z.string().optional(),
    ExtendedStatistic: z.string().optional(),
    Unit: z.string().optional(),
    Period: periodSchema.optional(),
    Metrics: z.array(metricDataQuerySchema).min(1).max(10).optional(),
    EvaluationPeriods: z.number().int().min(1),
    DatapointsToAlarm: z.number().int().min(1).optional(),
    Threshold: z.number(),
    ComparisonOperator: z.enum([
      'GreaterThanOrEqualToThreshold',
      'GreaterThanThreshold',
      'LessThanThreshold',
      'LessThanOrEqualToThreshold',
    ]),
    TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
    Tags: tagsSchema,
  })
  .refine(({ DatapointsToAlarm = 1, EvaluationPeriods }) => DatapointsToAlarm <= EvaluationPeriods, {
    path: ['DatapointsToAlarm'],
    error: 'expected at most EvaluationPeriods',
  })
  .refine(
    ({ Metrics, MetricName, Namespace, Period, Statistic, ExtendedStatistic, Unit }) =>
      !Metrics ||
      [MetricName, Namespace, Period, Statistic, ExtendedStatistic, Unit].every((it) => it === undefined),
    { path: ['Metrics'], error: 'expected no MetricName, Namespace, Period, statistic or Unit beside it' },
  );

export type AlarmProperties = z.output<typeof alarmPropertiesSchema>;

/** An alarm's properties, checked, with what its evaluation needs. */
export interface AlarmDefinition {
  properties: AlarmProperties;
  rule: AlarmRule;
  /** Queries of which exactly one returns data: the series that is watched. */
  queries: readonly MetricDataQuery[];
}

/**
 * Reads the properties of an AWS::CloudWatch::Alarm resource.
 * @throws InvalidParameterValueError naming the property that is wrong or not supported.
 */
export function parseAlarmDefinition(properties: unknown): AlarmDefinition {
  const parsed = alarmPropertiesSchema.safeParse(properties);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw invalidParameterValue(`AWS::CloudWatch::Alarm: ${issues.join('; ')}`);
  }
  const alarm = parsed.data;
  const queries = alarm.Metrics ?? [singleMetric(alarm)];
  // What cannot be evaluated must fail when the alarm is made, not at its first tick.
  const watched = evaluateQueries(queries, new MetricStore(), { startMs: 0, endMs: 1 });
  const [series] = watched;
  if (!series || watched.length > 1) {
    throw invalidParameterValue(
      `alarm ${alarm.AlarmName}: expected exactly one of Metrics with ReturnData true, which comes to one series`,
    );
  }
  return {
    properties: alarm,
    queries,
    rule: {
      periodSeconds: series.periodSeconds,
      evaluationPeriods: alarm.EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
      threshold: alarm.Threshold,
      comparison: alarm.ComparisonOperator,
      treatMissingData: alarm.TreatMissingData,
    },
  };
}

function singleMetric(alarm: AlarmProperties): MetricDataQuery {
  const { AlarmName, Namespace, MetricName, Dimensions, Period, Unit } = alarm;
  const stat = alarm.Statistic ?? alarm.ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || Period === undefined || stat === undefined) {
    throw invalidParameterValue(
      `alarm ${AlarmName}: expected Namespace, MetricName, Period and a statistic, or Metrics`,
    );
  }
  if (alarm.Statistic !== undefined && !isSimpleStatistic(alarm.Statistic)) {
    throw invalidParameterValue(`alarm ${AlarmName}: Statistic "${alarm.Statistic}" is not supported`);
  }
  return {
    Id: 'm1',
    ReturnData: true,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions },
      Period,
      Stat: stat,
      ...(Unit !== undefined && { Unit }),
    },
  };
}
