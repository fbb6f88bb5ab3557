import { z } from 'zod';
import { invalidParameterValue } from '../errors.ts';
import { evaluateExpression, parseExpression, type MathValue } from './metricMath.ts';
import type { Datapoint, MetricStore } from './metricStore.ts';
import { parseStatistic } from './statistic.ts';

export const dimensionsSchema = z
  .array(z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) }))
  .max(30)
  .default([]);

export const dimensionsOf = (wire: z.output<typeof dimensionsSchema>): Record<string, string> =>
  Object.fromEntries(wire.map(({ Name, Value }) => [Name, Value]));

export const periodSchema = z
  .number()
  .int()
  .refine((period) => [1, 5, 10, 20, 30].includes(period) || (period >= 60 && period % 60 === 0), {
    error: 'expected a period of 1, 5, 10, 20 or 30 seconds, or a multiple of 60',
  });

/** MetricDataQuery, of GetMetricData and of an alarm's Metrics. */
export const metricDataQuerySchema = z
  .strictObject({
    Id: z.string().regex(/^[a-z]\w{0,254}$/, {
      error: 'expected a lower-case letter, then letters, digits and underscores',
    }),
    MetricStat: z
      .strictObject({
        Metric: z.strictObject({
          Namespace: z.string().min(1),
          MetricName: z.string().min(1),
          Dimensions: dimensionsSchema,
        }),
        Period: periodSchema,
        Stat: z.string(),
        Unit: z.string().optional(),
      })
      .optional(),
    Expression: z.string().min(1).optional(),
    Label: z
      .string()
      .refine((label) => !label.includes('${'), { error: 'dynamic labels are not supported on this stage' })
      .optional(),
    ReturnData: z.boolean().default(true),
    Period: periodSchema.optional(),
  })
  .refine((query) => (query.MetricStat === undefined) !== (query.Expression === undefined), {
    error: 'expected either MetricStat or Expression',
  });

export type MetricDataQuery = z.output<typeof metricDataQuerySchema>;

/**
 * The datapoints of every query that returns data, in the order of the queries, oldest point first.
 * @throws AwsError for an expression that is not supported, names no query, or refers to itself.
 */
export function evaluateQueries(
  queries: readonly MetricDataQuery[],
  store: MetricStore,
  range: { startMs: number; endMs: number },
): { query: MetricDataQuery; datapoints: readonly Datapoint[] }[] {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size < queries.length)
    throw invalidParameterValue('Id: expected every query to have an id of its own');
  const values = new Map<string, MathValue>();
  const inProgress = new Set<string>();

  const valueOf = (id: string): MathValue => {
    const known = values.get(id);
    if (known !== undefined) return known;
    const query = byId.get(id);
    if (!query) throw invalidParameterValue(`Expression: no query has the id "${id}"`);
    if (inProgress.has(id)) throw invalidParameterValue(`Expression: query "${id}" refers to itself`);
    inProgress.add(id);
    const value = evaluateQuery(query, store, range, valueOf);
    values.set(id, value);
    return value;
  };

  return queries
    .filter((query) => query.ReturnData)
    .map((query) => {
      const datapoints = valueOf(query.Id);
      if (typeof datapoints === 'number') {
        throw invalidParameterValue(`Expression of query "${query.Id}": expected at least one metric in it`);
      }
      return { query, datapoints };
    });
}

function evaluateQuery(
  query: MetricDataQuery,
  store: MetricStore,
  range: { startMs: number; endMs: number },
  valueOf: (id: string) => MathValue,
): MathValue {
  if (!query.MetricStat) return evaluateExpression(parseExpression(query.Expression ?? ''), valueOf);
  const { Metric, Period, Stat, Unit } = query.MetricStat;
  return store.query({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: dimensionsOf(Metric.Dimensions),
    statistic: parseStatistic(Stat),
    periodSeconds: Period,
    ...range,
    ...(Unit !== undefined && { unit: Unit }),
  });
}
