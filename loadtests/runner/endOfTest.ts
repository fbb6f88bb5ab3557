import { createHash } from 'node:crypto';
import type { RunFile } from '../../records/run.ts';
import { Histogram } from './histogram.ts';
import type { ScriptOptions } from './options.ts';
import { builtInMetrics, type MetricType, type Point } from './points.ts';
import type { LoadedScript } from './script.ts';
import { parseMetricName } from './thresholds.ts';

/** A metric's values so far, as `handleSummary` is told them. */
interface Values {
  add(value: number): void;
  values(seconds: number): Record<string, number>;
}

const makers: Readonly<Record<MetricType, (trendStats: readonly string[]) => Values>> = {
  counter: () => {
    let count = 0;
    return {
      add: (value) => (count += value),
      values: (seconds) => ({ count, rate: seconds > 0 ? count / seconds : 0 }),
    };
  },
  gauge: () => {
    let [value, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    return {
      add: (next) => {
        [value, min, max] = [next, Math.min(min, next), Math.max(max, next)];
      },
      values: () => (min > max ? { value: 0, min: 0, max: 0 } : { value, min, max }),
    };
  },
  rate: () => {
    let [passes, fails] = [0, 0];
    return {
      add: (value) => void (value === 0 ? (fails += 1) : (passes += 1)),
      values: () => ({ rate: passes + fails > 0 ? passes / (passes + fails) : 0, passes, fails }),
    };
  },
  trend: (trendStats) => {
    const all = new Histogram();
    return {
      add: (value) => all.add(value),
      values: () => Object.fromEntries(trendStats.map((stat) => [stat, statOf(all, stat)])),
    };
  },
};

function statOf(values: Histogram, stat: string): number {
  if (stat === 'count' || values.count === 0) return values.count;
  if (stat === 'avg') return values.mean;
  const percents: Record<string, number> = { min: 0, med: 50, max: 100 };
  return values.percentile(percents[stat] ?? Number(stat.slice(2, -1)));
}

/** One group of a script: what was checked in it, and the groups within. */
interface Group {
  name: string;
  path: string;
  id: string;
  groups: Group[];
  checks: { name: string; path: string; id: string; passes: number; fails: number }[];
}

const idOf = (path: string): string => createHash('md5').update(path).digest('hex');
const emptyGroup = (name: string, path: string): Group => ({
  name,
  path,
  id: idOf(path),
  groups: [],
  checks: [],
});

/** Of requests, k6 always tells the durations of those that went well. */
const alwaysTold = 'http_req_duration{expected_response:true}';

/** Collects all that a script's `handleSummary` is told at the end: every metric, by the names that k6 gives them. */
export class EndOfTest {
  readonly #options: ScriptOptions;
  readonly #types: Readonly<Record<string, MetricType>>;
  readonly #timeMetrics: ReadonlySet<string>;
  readonly #metrics = new Map<string, Values>();
  readonly #submetrics = new Map<string, { key: string; tags: [string, string][] }[]>();
  readonly #root = emptyGroup('', '');

  constructor({
    options,
    metricTypes,
    timeMetrics,
  }: Pick<LoadedScript, 'options' | 'metricTypes' | 'timeMetrics'>) {
    this.#options = options;
    this.#types = metricTypes;
    this.#timeMetrics = timeMetrics;
    for (const key of new Set([alwaysTold, ...options.thresholds.map(({ metric }) => metric)])) {
      const { name, tags } = parseMetricName(key);
      if (key !== alwaysTold) this.#valuesOf(key, name);
      if (key === name) continue;
      const others = this.#submetrics.get(name) ?? [];
      this.#submetrics.set(name, [...others, { key, tags: Object.entries(tags) }]);
    }
  }

  add({ metric, value, tags }: Point): void {
    this.#valuesOf(metric, metric)?.add(value);
    for (const submetric of this.#submetrics.get(metric) ?? []) {
      if (submetric.tags.every(([tag, wanted]) => tags[tag] === wanted))
        this.#valuesOf(submetric.key, metric)?.add(value);
    }
    if (metric === 'group_duration') this.#groupAt(tags['group'] ?? '');
    if (metric === 'checks') this.#addCheck(tags['group'] ?? '', tags['check'] ?? '', value !== 0);
  }

  /** As JSON, in k6's shape. */
  data(durationMs: number, thresholds: RunFile['thresholds'], setupData: string | undefined): string {
    const { trendStats, timeUnit } = this.#options.summary;
    const metrics = [...this.#metrics].map(([key, values]) => {
      const { name } = parseMetricName(key);
      const own = thresholds.filter(({ metric }) => metric === key);
      return [
        key,
        {
          type: this.#types[name],
          contains: this.#isTime(name) ? 'time' : 'default',
          values: values.values(durationMs / 1_000),
          ...(own.length === 0
            ? {}
            : { thresholds: Object.fromEntries(own.map(({ expression, ok }) => [expression, { ok }])) }),
        },
      ] as const;
    });
    return JSON.stringify({
      root_group: this.#root,
      options: { summaryTrendStats: trendStats, summaryTimeUnit: timeUnit, noColor: true },
      state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: durationMs },
      metrics: Object.fromEntries(metrics),
      ...(setupData === undefined ? {} : { setup_data: JSON.parse(setupData) as unknown }),
    });
  }

  #isTime(name: string): boolean {
    return name in builtInMetrics ? this.#types[name] === 'trend' : this.#timeMetrics.has(name);
  }

  #valuesOf(key: string, name: string): Values | undefined {
    const known = this.#metrics.get(key);
    const type = this.#types[name];
    if (known || !type) return known;
    const values = makers[type](this.#options.summary.trendStats);
    this.#metrics.set(key, values);
    return values;
  }

  #groupAt(path: string): Group {
    let group = this.#root;
    for (const name of path.split('::').slice(1)) {
      let inner = group.groups.find((each) => each.name === name);
      if (!inner) group.groups.push((inner = emptyGroup(name, `${group.path}::${name}`)));
      group = inner;
    }
    return group;
  }

  #addCheck(groupPath: string, name: string, passed: boolean): void {
    const { path, checks } = this.#groupAt(groupPath);
    let check = checks.find((each) => each.name === name);
    if (!check) {
      const own = `${path}::${name}`;
      checks.push((check = { name, path: own, id: idOf(own), passes: 0, fails: 0 }));
    }
    if (passed) check.passes += 1;
    else check.fails += 1;
  }
}
