import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateQueries, metricDataQuerySchema } from '../../cloudwatch/metricDataQuery.ts';
import { MetricStore } from '../../cloudwatch/metricStore.ts';
import type { Series } from './series.ts';
import { SeriesReader } from './seriesReader.ts';

const startMs = Date.UTC(2026, 10, 3, 12);
const periodMs = 10_000;

const series: Series = {
  periodSeconds: 10,
  queries: [
    metricDataQuerySchema.parse({
      Id: 'm',
      MetricStat: { Metric: { Namespace: 'N', MetricName: 'm' }, Period: 10, Stat: 'Sum' },
    }),
  ],
};

const put = (metrics: MetricStore, timestampMs: number, value: number): void =>
  metrics.put({ namespace: 'N', name: 'm', dimensions: {}, timestampMs, value });

/** What the store says, without anything kept. */
function plainly(metrics: MetricStore, fromMs: number, endMs: number): (number | null)[] {
  const values = Array.from<number | null>({ length: (endMs - fromMs) / periodMs }).fill(null);
  const found = evaluateQueries(series.queries, metrics, { startMs: fromMs, endMs })[0]?.datapoints ?? [];
  for (const { timestampMs, value } of found) values[(timestampMs - fromMs) / periodMs] = value;
  return values;
}

it('reads what the store holds, whatever was read before, with samples up to a period late', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          passesMs: fc.integer({ min: 0, max: 90_000 }),
          lateMs: fc.integer({ min: 0, max: 10_000 }),
          sample: fc.integer({ min: 1, max: 9 }),
          backMs: fc.integer({ min: 0, max: 400_000 }),
          lengthMs: fc.integer({ min: 0, max: 400_000 }),
        }),
        { maxLength: 30 },
      ),
      async (steps) => {
        const metrics = new MetricStore();
        const reader = new SeriesReader(metrics, startMs);
        let nowMs = startMs;
        for (const { passesMs, lateMs, sample, backMs, lengthMs } of steps) {
          nowMs += passesMs;
          put(metrics, Math.max(startMs, nowMs - lateMs), sample);
          const fromMs = nowMs - backMs;
          const [read] = await reader.read([series], fromMs, fromMs + lengthMs, nowMs);
          if (!read) throw new Error('no answer');
          expect(read.startMs).toBe(Math.floor(Math.max(fromMs, startMs) / periodMs) * periodMs);
          const endMs = read.startMs + read.values.length * periodMs;
          expect(endMs).toBeLessThanOrEqual(nowMs);
          expect(read.values).toEqual(plainly(metrics, read.startMs, endMs));
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('leaves out the period under way', async () => {
  const metrics = new MetricStore();
  put(metrics, startMs + 5_000, 3);
  put(metrics, startMs + 15_000, 4);
  const reader = new SeriesReader(metrics, startMs);
  expect(await reader.read([series], startMs, startMs + 60_000, startMs + 19_999)).toEqual([
    { startMs, periodMs, values: [3] },
  ]);
});
