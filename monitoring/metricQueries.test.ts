import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateQueries, metricDataQuerySchema } from '../cloudwatch/metricDataQuery.ts';
import { MetricStore } from '../cloudwatch/metricStore.ts';
import type { Measurement } from './measurement.ts';
import { metricQueries, queriesInCalls } from './metricQueries.ts';

const measurement = (metricName: string, others: Partial<Measurement> = {}): Measurement => ({
  id: metricName,
  title: metricName,
  namespace: 'Test',
  metricName,
  dimensions: { Of: 'a' },
  statistic: 'Sum',
  periodSeconds: 60,
  unit: 'count',
  ...others,
});

const share = measurement('failed', {
  math: { expression: 'IF(requests > 0, it / requests)', others: { requests: measurement('requests') } },
});

/** What CloudWatch answers, minute by minute; null where nothing was published. */
function answer(asked: Measurement, published: Record<string, (number | null)[]>): (number | undefined)[] {
  const store = new MetricStore();
  for (const [name, values] of Object.entries(published)) {
    values.forEach((value, minute) => {
      if (value === null) return;
      store.put({
        namespace: 'Test',
        name,
        dimensions: { Of: 'a' },
        timestampMs: (1_000 + minute) * 60_000,
        value,
      });
    });
  }
  const minutes = Math.max(...Object.values(published).map((values) => values.length));
  const results = evaluateQueries(
    metricQueries('q7', asked).map((query) => metricDataQuerySchema.parse(query)),
    store,
    { startMs: 1_000 * 60_000, endMs: (1_000 + minutes) * 60_000 },
  );
  expect(results.map(({ query }) => query.Id)).toEqual(['q7']);
  const found = new Map(results[0]!.datapoints.map(({ timestampMs, value }) => [timestampMs, value]));
  return Array.from({ length: minutes }, (_, minute) => found.get((1_000 + minute) * 60_000));
}

describe('what CloudWatch is asked for a measurement', () => {
  it('is its metric', () => {
    expect(answer(measurement('failed'), { failed: [1, null, 3] })).toEqual([1, undefined, 3]);
  });

  it('is its metric math over its metrics, of which none is answered by itself', () => {
    const published = { failed: [1, null, 3, 0, 2], requests: [4, 5, 6, null, 0] };
    expect(answer(share, published)).toEqual([0.25, 0, 0.5, undefined, undefined]);
  });

  it('comes in calls of 500 queries at most, and keeps those of a measurement together', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(measurement('plain'), share), { maxLength: 700 }), (all) => {
        const wanted = all.map((one, index) => ({ index, measurement: one }));
        const calls = queriesInCalls(wanted);
        const ids = calls.flatMap(({ asked }) => [...asked.values()].map(({ index }) => index));
        expect(ids).toEqual(wanted.map(({ index }) => index));
        for (const { asked, queries } of calls) {
          expect(queries.length).toBeLessThanOrEqual(500);
          const answered = queries.filter(({ ReturnData }) => ReturnData !== false);
          expect(answered.map(({ Id }) => Id)).toEqual([...asked.keys()]);
          expect(new Set(queries.map(({ Id }) => Id)).size).toBe(queries.length);
        }
      }),
      { numRuns: 20 },
    );
  });
});
