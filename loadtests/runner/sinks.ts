import type { PartFile } from '../../records/part.ts';
import { Histogram } from './histogram.ts';
import type { MetricType, Point } from './points.ts';
import { parseMetricName, type Threshold } from './thresholds.ts';

/** The values of one metric or submetric so far, and what a threshold can ask of them. */
interface Sink {
  add(value: number): void;
  /** Null without samples. */
  read(method: Threshold['method'], elapsedMs: number): number | null;
  measured(): Measured;
  merge(other: Measured): void;
}

/** What `merge` of another sink of the metric takes. */
export type Measured = PartFile['thresholds'][number]['measured'];

function counterSink(): Sink {
  let count = 0;
  return {
    add: (value) => (count += value),
    read: (method, elapsedMs) =>
      method === 'count' ? count : elapsedMs > 0 ? count / (elapsedMs / 1_000) : null,
    measured: () => ({ type: 'counter', count }),
    merge: (other) => (count += other.type === 'counter' ? other.count : 0),
  };
}

function gaugeSink(): Sink {
  let last: number | null = null;
  return {
    add: (value) => (last = value),
    read: () => last,
    measured: () => ({ type: 'gauge', value: last }),
    merge: (other) => (last = other.type === 'gauge' ? (other.value ?? last) : last),
  };
}

function rateSink(): Sink {
  let trues = 0;
  let total = 0;
  return {
    add: (value) => {
      total += 1;
      if (value !== 0) trues += 1;
    },
    read: () => (total === 0 ? null : trues / total),
    measured: () => ({ type: 'rate', trues, total }),
    merge: (other) => {
      if (other.type !== 'rate') return;
      trues += other.trues;
      total += other.total;
    },
  };
}

function trendSink(): Sink {
  const values = new Histogram();
  return {
    add: (value) => values.add(value),
    read: (method) => {
      if (values.count === 0) return null;
      if (method === 'avg') return values.mean;
      if (method === 'min') return values.percentile(0);
      if (method === 'max') return values.percentile(100);
      if (method === 'med') return values.percentile(50);
      return values.percentile((method as { percentile: number }).percentile);
    },
    measured: () => ({ type: 'trend', values: values.distribution() }),
    merge: (other) => {
      if (other.type === 'trend' && other.values) values.merge(other.values);
    },
  };
}

const makers: Record<MetricType, () => Sink> = {
  counter: counterSink,
  gauge: gaugeSink,
  rate: rateSink,
  trend: trendSink,
};

/** What a threshold compares of all instances' measurements; null without samples. */
export function valueOfAll(
  { type, method }: Threshold,
  measured: readonly Measured[],
  elapsedMs: number,
): number | null {
  const all = makers[type]();
  for (const each of measured) all.merge(each);
  return all.read(method, elapsedMs);
}

/** One sink a metric that a threshold names, fed by the points whose tags match. */
export class Sinks {
  readonly #sinks = new Map<string, Sink>();
  readonly #sampled = new Set<Sink>();
  readonly #byMetric = new Map<string, { tags: [string, string][]; threshold: Threshold }[]>();
  readonly #metricTypes: Readonly<Record<string, MetricType>>;

  /**
   * @param metricTypes types of the built-in metrics and of the script's own: one that is not known yet is looked up when
   * its first value comes
   */
  constructor(thresholds: readonly Threshold[], metricTypes: Readonly<Record<string, MetricType>>) {
    this.#metricTypes = metricTypes;
    const seen = new Set<string>();
    for (const threshold of thresholds) {
      const { metric } = threshold;
      if (seen.has(metric)) continue;
      seen.add(metric);
      const { name, tags } = parseMetricName(metric);
      // Counters alone are asked for a count: one that was never added to is zero, also where first values tell types.
      const type = metricTypes[name] ?? (threshold.type === 'counter' ? 'counter' : undefined);
      if (type) this.#sinks.set(metric, makers[type]());
      const sameMetric = this.#byMetric.get(name) ?? [];
      this.#byMetric.set(name, [...sameMetric, { tags: Object.entries(tags), threshold }]);
    }
  }

  add(point: Point): void {
    for (const { tags, threshold } of this.#byMetric.get(point.metric) ?? []) {
      if (!tags.every(([tag, value]) => point.tags[tag] === value)) continue;
      const sink = this.#sinkOf(point.metric, threshold);
      sink.add(point.value);
      this.#sampled.add(sink);
    }
  }

  #sinkOf(name: string, { metric, type }: Threshold): Sink {
    const known = this.#sinks.get(metric);
    if (known) return known;
    const sink = makers[this.#metricTypes[name] ?? type]();
    this.#sinks.set(metric, sink);
    return sink;
  }

  /** Whether the threshold's metric has been measured at all. */
  hasSamples(threshold: Threshold): boolean {
    const sink = this.#sinks.get(threshold.metric);
    return sink !== undefined && this.#sampled.has(sink);
  }

  /** For `valueOfAll`. */
  measured({ metric, type }: Threshold): Measured {
    return (this.#sinks.get(metric) ?? makers[type]()).measured();
  }

  /** What the threshold compares; null without samples. `elapsedMs` is the run's age. */
  value(threshold: Threshold, elapsedMs: number): number | null {
    return this.#sinks.get(threshold.metric)?.read(threshold.method, elapsedMs) ?? null;
  }
}
