import { z } from 'zod';
import { invalidParameterValue } from './errors.ts';
import { evaluateExpression, idsOf, parseExpression, type MathValue } from './metricMath.ts';
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

/** A query's result. The period is undefined for an expression of constants alone. */
interface Evaluated {
  value: MathValue;
  periodSeconds: number | undefined;
}

export interface QueryResult {
  query: MetricDataQuery;
  periodSeconds: number;
  /** Oldest first. */
  datapoints: readonly Datapoint[];
}

/**
 * The result of every query that returns data, in the order of the queries.
 * @throws InvalidParameterValueError for an expression that is not supported, names no query, refers to itself, or mixes
 * periods.
 */
export function evaluateQueries(
  queries: readonly MetricDataQuery[],
  store: MetricStore,
  range: { startMs: number; endMs: number },
): QueryResult[] {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size < queries.length) {
    throw invalidParameterValue('Id: expected every query to have an id of its own');
  }
  const done = new Map<string, Evaluated>();
  const inProgress = new Set<string>();

  const resultOf = (id: string): Evaluated => {
    const known = done.get(id);
    if (known) return known;
    const query = byId.get(id);
    if (!query) throw invalidParameterValue(`Expression: no query has the id "${id}"`);
    if (inProgress.has(id)) throw invalidParameterValue(`Expression: query "${id}" refers to itself`);
    inProgress.add(id);
    const result = query.MetricStat
      ? readMetric(query.MetricStat, store, range)
      : evaluateMath(query, resultOf);
    done.set(id, result);
    return result;
  };

  return queries
    .filter((query) => query.ReturnData)
    .map((query) => {
      const { value, periodSeconds } = resultOf(query.Id);
      if (typeof value === 'number' || periodSeconds === undefined) {
        throw invalidParameterValue(`Expression of query "${query.Id}": expected at least one metric in it`);
      }
      return { query, periodSeconds, datapoints: value };
    });
}

function readMetric(
  { Metric, Period, Stat, Unit }: NonNullable<MetricDataQuery['MetricStat']>,
  store: MetricStore,
  range: { startMs: number; endMs: number },
): Evaluated {
  const value = store.query({
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: dimensionsOf(Metric.Dimensions),
    statistic: parseStatistic(Stat),
    periodSeconds: Period,
    ...range,
    ...(Unit !== undefined && { unit: Unit }),
  });
  return { value, periodSeconds: Period };
}

function evaluateMath(query: MetricDataQuery, resultOf: (id: string) => Evaluated): Evaluated {
  const expression = parseExpression(query.Expression ?? '');
  const periods = new Set(
    [query.Period, ...idsOf(expression).map((id) => resultOf(id).periodSeconds)].filter(
      (period) => period !== undefined,
    ),
  );
  if (periods.size > 1) {
    throw invalidParameterValue(
      `Expression of query "${query.Id}": expected one period for all of its metrics, got ${[...periods].join(' and ')}`,
    );
  }
  return {
    value: evaluateExpression(expression, (id) => resultOf(id).value),
    periodSeconds: [...periods][0],
  };
}
