import { Bucket, type Observation } from './bucket.ts';
import { Series } from './series.ts';
import { statisticOf, type Statistic } from './statistic.ts';

export interface MetricIdentity {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

export interface Datapoint {
  /** Start of the period, Unix milliseconds. */
  timestampMs: number;
  value: number;
}

export interface MetricQuery extends MetricIdentity {
  statistic: Statistic;
  periodSeconds: number;
  /** Inclusive; rounded down to a whole period. */
  startMs: number;
  /** Exclusive: the last period is the one that starts before it. */
  endMs: number;
  /** Left out: samples of every unit. */
  unit?: string;
}

/** One-second metrics live three hours on AWS too, where they are kept by the minute after that; here they are gone. */
const retentionSeconds = 3 * 3600;

interface Metric extends MetricIdentity {
  byUnit: Map<string, Series>;
  /** -Infinity until the first sample. */
  newestSecond: number;
}

/**
 * CloudWatch's store: samples of one second are aggregated as they arrive, so that its size follows
 * metrics × seconds and not the number of samples. What is three hours older than the newest sample is gone; one that
 * is ahead of the present does not age the others.
 */
export class MetricStore {
  readonly #metrics = new Map<string, Metric>();
  readonly #now: () => number;
  #newestSecond = 0;

  /** @param now the present, Unix milliseconds; left out, the newest sample is the present */
  constructor(now: () => number = () => Infinity) {
    this.#now = now;
  }

  /** Adds a sample, a list of values with their counts, or a statistic set. */
  put(sample: MetricIdentity & Observation & { timestampMs: number; unit?: string }): void {
    const metric = this.#metricOf(sample);
    this.#bucketOf(metric, seriesOf(metric, sample.unit ?? 'None'), sample.timestampMs).observe(sample);
  }

  /** Adds values of one metric and unit, without looking for the metric each time. */
  writer(identity: MetricIdentity & { unit: string }): (timestampMs: number, value: number) => void {
    const metric = this.#metricOf(identity);
    const series = seriesOf(metric, identity.unit);
    return (timestampMs, value) => this.#bucketOf(metric, series, timestampMs).observe({ value });
  }

  /** One datapoint for each period that has samples, oldest first. */
  query(query: MetricQuery): Datapoint[] {
    const { periodSeconds, statistic, unit } = query;
    const metric = this.#metrics.get(keyOf(query));
    if (!metric) return [];
    const oldestSecond = this.#oldestSecond();
    const first = Math.floor(query.startMs / 1000 / periodSeconds) * periodSeconds;
    const last = Math.ceil(query.endMs / 1000 / periodSeconds) * periodSeconds;
    const periods = new Map<number, Bucket>();
    for (const [seriesUnit, series] of metric.byUnit) {
      if (unit !== undefined && unit !== seriesUnit) continue;
      series.forEach(Math.max(first, oldestSecond), last, (second, bucket) => {
        const start = Math.floor(second / periodSeconds) * periodSeconds;
        let period = periods.get(start);
        if (!period) periods.set(start, (period = new Bucket()));
        period.merge(bucket);
      });
    }
    return [...periods]
      .sort(([a], [b]) => a - b)
      .flatMap(([start, bucket]) => {
        const value = statisticOf(bucket, statistic);
        return value === undefined ? [] : [{ timestampMs: start * 1000, value }];
      });
  }

  /** The units in which a metric has samples. */
  unitsOf(identity: MetricIdentity): string[] {
    return [...(this.#metrics.get(keyOf(identity))?.byUnit.keys() ?? [])];
  }

  /** Every metric with a sample, in the order in which they appeared. */
  list(): (MetricIdentity & { newestMs: number })[] {
    const oldestSecond = this.#oldestSecond();
    return [...this.#metrics.values()]
      .filter((metric) => metric.newestSecond > oldestSecond)
      .map(({ namespace, name, dimensions, newestSecond }) => ({
        namespace,
        name,
        dimensions,
        newestMs: newestSecond * 1000,
      }));
  }

  #bucketOf(metric: Metric, series: Series, timestampMs: number): Bucket {
    const second = Math.floor(timestampMs / 1000);
    let bucket = series.get(second);
    if (!bucket) {
      bucket = series.add(second);
      this.#newestSecond = Math.max(this.#newestSecond, second);
      series.dropBefore(this.#oldestSecond());
    }
    metric.newestSecond = Math.max(metric.newestSecond, second);
    return bucket;
  }

  #oldestSecond(): number {
    return Math.min(this.#newestSecond, Math.floor(this.#now() / 1000)) - retentionSeconds;
  }

  #metricOf({ namespace, name, dimensions }: MetricIdentity): Metric {
    const key = keyOf({ namespace, name, dimensions });
    let metric = this.#metrics.get(key);
    if (!metric) {
      metric = { namespace, name, dimensions: { ...dimensions }, byUnit: new Map(), newestSecond: -Infinity };
      this.#metrics.set(key, metric);
    }
    return metric;
  }
}

function seriesOf({ byUnit }: Metric, unit: string): Series {
  let series = byUnit.get(unit);
  if (!series) byUnit.set(unit, (series = new Series()));
  return series;
}

/** Written together by hand: it is made for each metric of each log line that carries some. */
function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  let key = `${namespace}\0${name}`;
  for (const dimension of names) key += `\0${dimension}\0${dimensions[dimension]}`;
  return key;
}
