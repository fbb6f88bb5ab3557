import { z } from 'zod';
import { invalidParameterValue } from './errors.ts';
import { idsOf, parseExpression } from './mathExpression.ts';
import { SeriesList, type MathValue, type TimeSeries } from './mathValue.ts';
import { evaluateExpression } from './metricMath.ts';
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
    Expression: z.string().min(1).max(2_048).optional(),
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
  /** Of several series of one query each has its own. */
  label: string;
  periodSeconds: number;
  /** Oldest first. */
  datapoints: readonly Datapoint[];
}

interface Range {
  startMs: number;
  endMs: number;
}

/** What CloudWatch gives in one answer; nobody needs more periods filled. */
export const maximumDatapoints = 100_800;

/**
 * The results of every query that returns data, in the order of the queries: one of each, but of an expression that comes
 * to several series.
 * @throws InvalidParameterValueError for an expression that is not supported, names no query, refers to itself, or mixes
 * periods.
 */
export function evaluateQueries(
  queries: readonly MetricDataQuery[],
  store: MetricStore,
  range: Range,
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
      : evaluateMath(query, { queries, resultOf, range });
    done.set(id, result);
    return result;
  };

  return queries
    .filter((query) => query.ReturnData)
    .flatMap((query): QueryResult[] => {
      const { value, periodSeconds } = resultOf(query.Id);
      if (typeof value === 'number' || periodSeconds === undefined) {
        throw invalidParameterValue(
          `Expression of query "${query.Id}": expected a series, with at least one metric in it`,
        );
      }
      const label = labelOf(query);
      if (!(value instanceof SeriesList)) return [{ query, label, periodSeconds, datapoints: value }];
      return value.items.map((datapoints, index) => ({
        query,
        label: [label, value.names[index]].filter(Boolean).join(' '),
        periodSeconds,
        datapoints,
      }));
    });
}

const labelOf = (query: MetricDataQuery): string =>
  query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id;

function readMetric(
  { Metric, Period, Stat, Unit }: NonNullable<MetricDataQuery['MetricStat']>,
  store: MetricStore,
  range: Range,
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

function evaluateMath(
  query: MetricDataQuery,
  {
    queries,
    resultOf,
    range,
  }: { queries: readonly MetricDataQuery[]; resultOf: (id: string) => Evaluated; range: Range },
): Evaluated {
  const expression = parseExpression(query.Expression ?? '');
  const metrics = queries.filter(({ MetricStat }) => MetricStat !== undefined);
  const ids = idsOf(
    expression,
    metrics.map(({ Id }) => Id),
  );
  const periods = new Set(
    [query.Period, ...ids.map((id) => resultOf(id).periodSeconds)].filter((period) => period !== undefined),
  );
  if (periods.size > 1) {
    throw invalidParameterValue(
      `Expression of query "${query.Id}": expected one period for all of its metrics, got ${[...periods].join(' and ')}`,
    );
  }
  const [periodSeconds] = periods;
  const value = evaluateExpression(expression, {
    valueOf: (id) => resultOf(id).value,
    metrics: (part) => {
      const named = metrics.filter(({ Id }) => Id.includes(part));
      return new SeriesList(
        named.map(({ Id }) => resultOf(Id).value as TimeSeries),
        named.map(labelOf),
      );
    },
    periodSecondsOf: (id) => metrics.find(({ Id }) => Id === id)?.MetricStat?.Period,
    times: () => timesOf(periodSeconds ?? 60, range),
  });
  return { value, periodSeconds };
}

/** The starts of the periods of a range, as MetricStore cuts it. */
function timesOf(periodSeconds: number, { startMs, endMs }: Range): number[] {
  const periodMs = periodSeconds * 1_000;
  const firstMs = Math.floor(startMs / periodMs) * periodMs;
  const count = Math.ceil((endMs - firstMs) / periodMs);
  if (count > maximumDatapoints) {
    throw invalidParameterValue(
      `Expression: FILL gives at most ${maximumDatapoints} datapoints, and not ${count}`,
    );
  }
  return Array.from({ length: Math.max(0, count) }, (_, index) => firstMs + index * periodMs);
}
