import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunFile } from '../../records/run.ts';
import { exampleRun } from '../../records/testing/examples.ts';
import { thinSeries } from './thinSeries.ts';

const latency = (p99: number) => ({ p50: p99 / 2, p95: p99 * 0.9, p99, max: p99 });

const runOf = (seconds: readonly { good: number; bad: number; p99: number }[]): RunFile => {
  const [system] = exampleRun.systems;
  if (!system) throw new TypeError('the example has no system');
  return {
    ...exampleRun,
    systems: [
      {
        ...system,
        series: seconds.map(({ good, bad, p99 }, second) => ({
          second,
          intended: good + bad,
          dropped: 0,
          statuses: { 200: good, 503: bad },
          failedChecks: 0,
          latencyMs: good + bad === 0 ? null : latency(p99),
        })),
        messages: {
          batchSize: 1,
          hold: {
            intendedPerSecond: 1,
            achievedPerSecond: 1,
            acknowledged: 1,
            failed: 0,
            unresolved: 0,
            dropped: 0,
            latencyMs: null,
          },
          acknowledgedIds: [],
          unresolvedIds: [],
          series: seconds.map(({ good, bad }, second) => ({
            second,
            intended: 1,
            acknowledged: good,
            failed: bad,
          })),
        },
      },
    ],
  };
};

const seconds = fc.array(
  fc.record({
    good: fc.nat(40),
    bad: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(40)),
    p99: fc.double({ min: 1, max: 5_000, noNaN: true }),
  }),
  { minLength: 1, maxLength: 400 },
);

test('what is drawn of a run keeps its extremes, its ends, and its true seconds, in so much room', () => {
  fc.assert(
    fc.property(seconds, fc.integer({ min: 40, max: 300 }), (values, room) => {
      const run = runOf(values);
      const thin = thinSeries(run, room);
      const [before] = run.systems;
      const [after] = thin.systems;
      const series = after?.series ?? [];
      const messages = after?.messages?.series ?? [];
      expect(series.length + messages.length).toBeLessThanOrEqual(Math.max(room, 2));
      expect(series.every((second) => before?.series[second.second] === second)).toBe(true);
      expect(series.map(({ second }) => second)).toEqual([...new Set(series.map(({ second }) => second))]);
      expect([series[0]?.second, series.at(-1)?.second]).toEqual([0, values.length - 1]);
      const most = (of: RunFile, value: (second: (typeof series)[number]) => number): number =>
        Math.max(...of.systems.flatMap((system) => system.series.map(value)));
      for (const drawn of [
        (second: (typeof series)[number]) => second.latencyMs?.p99 ?? 0,
        (second: (typeof series)[number]) => second.statuses['503'] ?? 0,
        ({ statuses }: (typeof series)[number]) => (statuses['200'] ?? 0) + (statuses['503'] ?? 0),
        ({ statuses }: (typeof series)[number]) => -(statuses['200'] ?? 0) - (statuses['503'] ?? 0),
      ]) {
        expect(most(thin, drawn)).toBe(most(run, drawn));
      }
      expect(Math.max(...messages.map(({ failed = 0 }) => failed))).toBe(
        Math.max(...values.map(({ bad }) => bad)),
      );
    }),
    { numRuns: 200 },
  );
});

test('a run that has room stays as it is', () => {
  const run = runOf([{ good: 1, bad: 0, p99: 10 }]);
  expect(thinSeries(run)).toBe(run);
});
