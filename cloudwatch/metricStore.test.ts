import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricStore } from './metricStore.ts';
import { parseStatistic, type Statistic } from './statistic.ts';

const startMs = Date.UTC(2026, 10, 3, 12, 0, 0);
const cpu = { namespace: 'AWS/Redshift', name: 'CPUUtilization', dimensions: { ClusterIdentifier: 'a' } };

function query(store: MetricStore, statistic: Statistic, change: object = {}) {
  return store.query({
    ...cpu,
    statistic,
    periodSeconds: 10,
    startMs,
    endMs: startMs + 60_000,
    ...change,
  });
}

describe('MetricStore', () => {
  it('aggregates the samples of a period into each statistic', () => {
    const store = new MetricStore();
    for (const [offsetMs, value] of [
      [0, 10],
      [3_500, 30],
      [9_999, 20],
      [10_000, 50],
    ] as const) {
      store.put({ ...cpu, timestampMs: startMs + offsetMs, value });
    }
    const values = (statistic: Statistic) => query(store, statistic).map((point) => point.value);
    expect(values('Average')).toEqual([20, 50]);
    expect(values('Sum')).toEqual([60, 50]);
    expect(values('Minimum')).toEqual([10, 50]);
    expect(values('Maximum')).toEqual([30, 50]);
    expect(values('SampleCount')).toEqual([3, 1]);
    expect(values('p50')).toEqual([20, 50]);
    expect(query(store, 'Sum').map((point) => point.timestampMs)).toEqual([startMs, startMs + 10_000]);
  });

  it('forgets what is three hours old, and nothing for the sake of a sample that is ahead of the present', () => {
    const hourMs = 3_600_000;
    let nowMs = startMs;
    const store = new MetricStore(() => nowMs);
    const values = () => query(store, 'Sum', { endMs: startMs + 6 * hourMs }).map(({ value }) => value);
    store.put({ ...cpu, timestampMs: startMs, value: 1 });
    store.put({ ...cpu, dimensions: {}, timestampMs: startMs + 3.5 * hourMs, value: 2 });
    store.put({ ...cpu, timestampMs: startMs + 1_000, value: 2 });
    expect(values()).toEqual([3]);
    expect(store.list()).toHaveLength(2);
    nowMs = startMs + 3 * hourMs + 2_000;
    store.put({ ...cpu, timestampMs: nowMs, value: 4 });
    expect(values()).toEqual([4]);
  });

  it('rounds the start down to a period and leaves the end out', () => {
    const store = new MetricStore();
    for (const second of [0, 10, 20])
      store.put({ ...cpu, timestampMs: startMs + second * 1000, value: second });
    const points = query(store, 'Sum', { startMs: startMs + 4_000, endMs: startMs + 20_000 });
    expect(points.map((point) => point.value)).toEqual([0, 10]);
  });

  it('keeps dimension sets apart, whatever the order of their names', () => {
    const store = new MetricStore();
    const both = { ...cpu, dimensions: { ClusterIdentifier: 'a', NodeID: 'Leader' } };
    store.put({ ...both, timestampMs: startMs, value: 1 });
    store.put({ ...cpu, timestampMs: startMs, value: 2 });
    const reordered = { NodeID: 'Leader', ClusterIdentifier: 'a' };
    expect(query(store, 'Sum').map((point) => point.value)).toEqual([2]);
    expect(query(store, 'Sum', { dimensions: reordered }).map((point) => point.value)).toEqual([1]);
  });

  it('keeps units apart when one is asked for, and takes them together when none is', () => {
    const store = new MetricStore();
    store.put({ ...cpu, timestampMs: startMs, value: 1, unit: 'Percent' });
    store.put({ ...cpu, timestampMs: startMs, value: 5, unit: 'Count' });
    expect(query(store, 'Sum')[0]?.value).toBe(6);
    expect(query(store, 'Sum', { unit: 'Percent' })[0]?.value).toBe(1);
    expect(query(store, 'Sum', { unit: 'Bytes' })).toEqual([]);
  });

  it('adds what a writer of the metric puts, and lists the metric from its first value on', () => {
    const store = new MetricStore();
    const write = store.writer({ ...cpu, unit: 'Percent' });
    expect(store.list()).toEqual([]);

    write(startMs, 3);
    store.put({ ...cpu, timestampMs: startMs + 500, value: 5, unit: 'Percent' });
    store.put({ ...cpu, timestampMs: startMs, value: 100, unit: 'Count' });
    write(startMs + 999, 7);
    expect(store.list()).toEqual([{ ...cpu, newestMs: startMs }]);
    const values = (statistic: Statistic, change = {}) =>
      query(store, statistic, change).map((point) => point.value);
    expect(values('Average', { unit: 'Percent' })).toEqual([5]);
    expect(values('Sum')).toEqual([115]);
  });

  it('knows no percentile where a statistic set hides the values', () => {
    const store = new MetricStore();
    const statistics = { sampleCount: 4, sum: 10, minimum: 1, maximum: 4 };
    store.put({ ...cpu, timestampMs: startMs, statistics });
    store.put({ ...cpu, timestampMs: startMs + 1_000, value: 7 });
    expect(query(store, 'p99')).toEqual([]);
    expect(query(store, 'Sum')[0]?.value).toBe(17);
    expect(query(store, 'Maximum')[0]?.value).toBe(7);
  });

  it('forgets what is three hours older than the newest sample', () => {
    const store = new MetricStore();
    store.put({ ...cpu, timestampMs: startMs, value: 1 });
    const idle = { ...cpu, name: 'DatabaseConnections' };
    store.put({ ...idle, timestampMs: startMs, value: 1 });
    store.put({ ...cpu, timestampMs: startMs + 3 * 3_600_000 + 1_000, value: 2 });
    expect(query(store, 'Sum')).toEqual([]);
    expect(
      store.query({ ...idle, statistic: 'Sum', periodSeconds: 10, startMs, endMs: startMs + 10_000 }),
    ).toEqual([]);
    expect(store.list().map((metric) => metric.name)).toEqual(['CPUUtilization']);
  });

  it('tells percentiles within half a percent, the rest exactly, for any samples', () => {
    const samples = fc.array(
      fc.record({
        value: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        second: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 100 }), (list, percent) => {
        const store = new MetricStore();
        for (const { value, second } of list)
          store.put({ ...cpu, timestampMs: startMs + second * 1000, value });
        const sorted = list.map((sample) => sample.value).sort((a, b) => a - b);
        const expected = sorted[Math.ceil((percent / 100) * sorted.length) - 1]!;
        const actual = query(store, parseStatistic(`p${percent}`))[0]!.value;
        expect(Math.abs(actual - expected) / expected).toBeLessThanOrEqual(0.005_01);
        expect(query(store, 'Maximum')[0]?.value).toBe(sorted.at(-1));
        expect(query(store, 'Minimum')[0]?.value).toBe(sorted[0]);
        expect(query(store, 'SampleCount')[0]?.value).toBe(sorted.length);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a statistic it does not compute by its name', () => {
    for (const statistic of ['tm90', 'IQM', 'p101', 'p', 'average']) {
      expect(() => parseStatistic(statistic)).toThrow(`Stat "${statistic}" is not supported`);
    }
  });
});
