import { invalidParameterValue } from '../../cloudwatch/errors.ts';
import {
  evaluateQueries,
  metricDataQuerySchema,
  type MetricDataQuery,
} from '../../cloudwatch/metricDataQuery.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { MetricProperties, MetricRow } from './body.ts';

/** One line's values over time. */
export interface Series {
  periodSeconds: number;
  /** The queries it needs; exactly one returns data. */
  queries: readonly MetricDataQuery[];
}

/** The series of all dashboards, each kept once, in a stable order. */
export class SeriesList {
  readonly #byKey = new Map<string, { index: number; series: Series }>();

  all(): Series[] {
    return [...this.#byKey.values()].map(({ series }) => series);
  }

  /**
   * The index of a series.
   * @throws AwsError for a query that this stage doesn't evaluate.
   */
  indexOf(queries: readonly MetricDataQuery[]): number {
    const key = JSON.stringify(queries);
    const known = this.#byKey.get(key);
    if (known) return known.index;
    // Against an empty store: what cannot be evaluated is found now, and the period with it.
    const [result, another] = evaluateQueries(queries, new MetricStore(), { startMs: 0, endMs: 1 });
    if (another) throw invalidParameterValue('Expression: several series in one line are not drawn here');
    const index = this.#byKey.size;
    this.#byKey.set(key, { index, series: { queries, periodSeconds: result?.periodSeconds ?? 60 } });
    return index;
  }
}

/**
 * The queries that draw each row of a widget, by the row's position; hidden rows have none of their own.
 * @throws ZodError for a row that is no metric and no expression.
 */
export function queriesOf(
  rows: readonly MetricRow[],
  widget: MetricProperties,
): Map<number, MetricDataQuery[]> {
  const queries = rows.map((row, index) => queryOf(row, row.options.id ?? `row${index}`, widget));
  const byId = new Map(queries.map((query) => [query.Id, query]));
  return new Map(
    rows.flatMap(({ options }, index): [number, MetricDataQuery[]][] => {
      const own = queries[index];
      return own && options.visible ? [[index, withNeeded(own, byId)]] : [];
    }),
  );
}

function queryOf({ path, options }: MetricRow, id: string, widget: MetricProperties): MetricDataQuery {
  const [Namespace, MetricName, ...dimensions] = path;
  return metricDataQuerySchema.parse({
    Id: id,
    ReturnData: false,
    ...(options.expression === undefined
      ? {
          MetricStat: {
            Metric: { Namespace, MetricName, Dimensions: pairs(dimensions) },
            Period: options.period ?? widget.period,
            Stat: options.stat ?? widget.stat,
          },
        }
      : { Expression: options.expression, ...(options.period !== undefined && { Period: options.period }) }),
  });
}

const pairs = (items: readonly string[]): { Name: string | undefined; Value: string | undefined }[] =>
  Array.from({ length: Math.ceil(items.length / 2) }, (_, index) => ({
    Name: items[2 * index],
    Value: items[2 * index + 1],
  }));

/**
 * A query, and those that its expression names, and theirs; with ids by position, so that the same series
 * is known again whatever a widget calls it.
 */
function withNeeded(own: MetricDataQuery, byId: ReadonlyMap<string, MetricDataQuery>): MetricDataQuery[] {
  const needed = new Map([[own.Id, { ...own, ReturnData: true }]]);
  const visit = ({ Expression = '' }: MetricDataQuery): void => {
    for (const [id] of Expression.matchAll(identifier)) {
      const query = byId.get(id);
      if (!query || needed.has(id)) continue;
      needed.set(id, query);
      visit(query);
    }
  };
  visit(own);
  const ids = new Map([...needed.keys()].map((id, position) => [id, `q${position}`]));
  return [...needed.values()].map((query) => ({
    ...query,
    Id: ids.get(query.Id) ?? query.Id,
    ...(query.Expression !== undefined && {
      Expression: query.Expression.replaceAll(identifier, (id) => ids.get(id) ?? id),
    }),
  }));
}

const identifier = /\b[a-z]\w*/g;
