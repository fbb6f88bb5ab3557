import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Measurement } from './measurement.ts';

/**
 * What GetMetricData is asked for a measurement's values, in the metric's own unit, which it answers by `id`. Of one
 * that metric math makes: its metrics, of which nothing is answered, and the expression over them.
 */
export function metricQueries(id: string, measurement: Measurement): MetricDataQuery[] {
  if (!measurement.math) return [{ Id: id, MetricStat: metricStat(measurement) }];
  return [
    ...mathInputs(measurement).map(([name, input]) => ({
      Id: `${id}_${name}`,
      MetricStat: metricStat(input),
      ReturnData: false,
    })),
    { Id: id, Expression: mathAmong(measurement, (name) => `${id}_${name}`) },
  ];
}

/** Queries that one GetMetricData call accepts. */
const queriesPerCall = 500;

/** Measurements in lots, each with its queries, that one call takes; a measurement's own stay together. */
export function queriesInCalls<M extends { measurement: Measurement }>(
  wanted: readonly M[],
): { asked: ReadonlyMap<string, M>; queries: MetricDataQuery[] }[] {
  const calls: { asked: Map<string, M>; queries: MetricDataQuery[] }[] = [];
  for (const [index, one] of wanted.entries()) {
    const id = `q${index}`;
    const queries = metricQueries(id, one.measurement);
    let call = calls.at(-1);
    if (call === undefined || call.queries.length + queries.length > queriesPerCall) {
      calls.push((call = { asked: new Map(), queries: [] }));
    }
    call.asked.set(id, one);
    call.queries.push(...queries);
  }
  return calls;
}

/** The metrics that a measurement is made of, by their names in its metric math. */
export const mathInputs = (measurement: Measurement): [name: string, input: Measurement][] =>
  Object.entries({ it: measurement, ...measurement.math?.others });

/** A measurement's metric math, with its metrics under other ids. */
export function mathAmong(measurement: Measurement, idOf: (name: string) => string): string {
  const names = mathInputs(measurement).map(([name]) => name);
  return (measurement.math?.expression ?? 'it').replace(/\b[a-z]\w*\b/g, (word) =>
    names.includes(word) ? idOf(word) : word,
  );
}

const metricStat = (measurement: Measurement): NonNullable<MetricDataQuery['MetricStat']> => ({
  Metric: {
    Namespace: measurement.namespace,
    MetricName: measurement.metricName,
    Dimensions: Object.entries(measurement.dimensions).map(([Name, Value]) => ({ Name, Value })),
  },
  Period: measurement.periodSeconds,
  Stat: measurement.statistic,
});
