import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile } from '../../core/statistics.ts';
import { relativeError } from './histogram.ts';
import type { LatencySummary } from './latencySummary.ts';
import { Recorder } from './recorder.ts';
import { builtInMetrics, type Point } from './points.ts';
import type { RequestSample } from './requests.ts';
import { parseThreshold } from './thresholds.ts';

const startMs = Date.UTC(2026, 0, 1);
const firstMessageId = 2_000_000_000;

interface Iteration {
  system: string;
  offsetMs: number;
  latencyMs: number;
  status: number;
  passes: boolean;
}

/** The points of one iteration with one request, or of a dropped one (`null` latency). */
function pointsOf({ system, offsetMs, latencyMs, status, passes }: Iteration, index: number): Point[] {
  const tags = { scenario: system, system, name: 'call' };
  const metadata = { vu: String(index % 7), iter: String(index) };
  const timeMs = startMs + offsetMs + latencyMs;
  const point = (metric: string, value: number, extra: Record<string, string> = {}): Point => ({
    metric,
    timeMs,
    value,
    tags: { ...tags, ...extra },
    metadata,
  });
  return [
    point('http_reqs', 1, { status: String(status) }),
    point('http_req_duration', latencyMs * 0.75, { status: String(status) }),
    point('http_req_blocked', latencyMs * 0.25, { status: String(status) }),
    point('http_req_failed', status === 200 ? 0 : 1, { status: String(status) }),
    point('checks', passes ? 1 : 0, { check: 'body' }),
    point('iteration_duration', latencyMs),
    point('iterations', 1),
  ];
}

const iterations = fc.array(
  fc.record({
    system: fc.constantFrom('a', 'b'),
    offsetMs: fc.integer({ min: 0, max: 9_999 }),
    latencyMs: fc.integer({ min: 0, max: 4_000 }),
    status: fc.constantFrom(200, 200, 503, 0),
    passes: fc.boolean(),
  }),
  { maxLength: 60 },
);

const between = (from: number, to: number) => ({ startMs: startMs + from, endMs: startMs + to });

const recorder = (
  thresholds = [],
  onSample?: (sample: RequestSample) => void,
  seriesSeconds?: number,
): Recorder =>
  new Recorder({
    systems: ['a', 'b'],
    startMs,
    windows: { before: between(0, 3_000), hold: between(4_000, 8_000), after: between(8_500, 9_500) },
    periodSeconds: 2,
    thresholds,
    metricTypes: builtInMetrics,
    firstMessageId,
    seriesSeconds,
    onSample,
  });

test('every request is booked once, in the second and the window in which it was to start', () => {
  fc.assert(
    fc.property(iterations, (list) => {
      const samples: RequestSample[] = [];
      const run = recorder([], (sample) => samples.push(sample));
      for (const point of list.flatMap(pointsOf)) run.add(point);
      const { systems, checks } = run.finish(startMs + 14_000);
      expect(samples).toHaveLength(list.length);
      for (const { system, series, hold } of systems) {
        const own = list.filter((iteration) => iteration.system === system);
        for (const { second, intended, statuses, failedChecks, latencyMs } of series) {
          const inSecond = own.filter(({ offsetMs }) => Math.floor(offsetMs / 1_000) === second);
          const answered = inSecond.filter(({ status }) => status !== 0);
          expect(intended).toBe(inSecond.length);
          expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(inSecond.length);
          expect(failedChecks).toBe(inSecond.filter(({ passes }) => !passes).length);
          expect(latencyMs?.max ?? 0).toBeCloseTo(Math.max(0, ...answered.map((each) => each.latencyMs)), 2);
        }
        const held = own.filter(({ offsetMs }) => offsetMs >= 4_000 && offsetMs < 8_000);
        expect(hold.requests).toBe(held.length);
        expect(hold.failed).toBe(held.filter(({ status, passes }) => status !== 200 || !passes).length);
        expect(hold.intendedPerSecond).toBeCloseTo(held.length / 4, 9);
      }
      const fails = list.filter(({ passes }) => !passes).length;
      expect(checks).toEqual(list.length === 0 ? [] : [{ name: 'body', passes: list.length - fails, fails }]);
    }),
    { numRuns: 60 },
  );
});

test('stretches of several seconds are told of together: counts are sums, percentiles those of all their answers', () => {
  fc.assert(
    fc.property(iterations, fc.constantFrom(2, 5), (list, seconds) => {
      const run = recorder([], undefined, seconds);
      for (const point of list.flatMap(pointsOf)) run.add(point);
      for (const { system, series } of run.finish(startMs + 14_000).systems) {
        expect(series.map(({ second }) => second)).toEqual(
          Array.from({ length: Math.ceil(14 / seconds) }, (_, index) => index * seconds),
        );
        for (const { second, intended, statuses, latencyMs } of series) {
          const own = list.filter(
            ({ system: its, offsetMs }) =>
              its === system && offsetMs >= second * 1_000 && offsetMs < (second + seconds) * 1_000,
          );
          const answered = own.filter(({ status }) => status !== 0).map((each) => each.latencyMs);
          expect(intended).toBe(own.length);
          expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(own.length);
          expect(latencyMs?.p95 ?? -1).toBeCloseTo(answered.length === 0 ? -1 : percentile(answered, 95), 2);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('windows and periods have the percentiles of all their answers, not of their seconds', () => {
  const from = (list: readonly Iteration[], fromMs: number, toMs: number) =>
    list.filter(({ offsetMs }) => offsetMs >= fromMs && offsetMs < toMs);
  const expectSame = (found: LatencySummary | null | undefined, of: readonly Iteration[]): void => {
    const answered = of.filter(({ status }) => status !== 0).map(({ latencyMs }) => latencyMs);
    for (const [name, percent] of [
      ['p50', 50],
      ['p95', 95],
      ['p99', 99],
      ['max', 100],
    ] as const) {
      // Of nothing there is nothing, which is less than any latency.
      const exact = answered.length === 0 ? -1 : percentile(answered, percent);
      const difference = Math.abs((found?.[name] ?? -1) - exact);
      expect(difference).toBeLessThanOrEqual(Math.abs(exact) * relativeError + 0.001);
    }
  };
  fc.assert(
    fc.property(iterations, (list) => {
      const run = recorder();
      for (const point of list.flatMap(pointsOf)) run.add(point);
      for (const { system, before, hold, after, periods } of run.finish(startMs + 14_000).systems) {
        const own = list.filter((iteration) => iteration.system === system);
        const early = from(own, 0, 3_000);
        expect(before).toMatchObject({
          requests: early.length,
          failed: early.filter(({ status, passes }) => status !== 200 || !passes).length,
        });
        expectSame(before?.latencyMs, early);
        expectSame(hold.latencyMs, from(own, 4_000, 8_000));
        expectSame(after?.latencyMs, from(own, 8_500, 9_500));
        expect(periods?.seconds).toBe(2);
        for (let fromMs = 0; fromMs < 10_000; fromMs += 2_000) {
          const start = new Date(startMs + fromMs).toISOString();
          const found = periods?.latencies.filter((period) => period.start === start) ?? [];
          expect(found.length).toBeLessThanOrEqual(1);
          expectSame(found[0]?.latencyMs, from(own, fromMs, fromMs + 2_000));
          const counted = periods?.requests?.find((period) => period.start === start)?.count ?? 0;
          expect(counted).toBe(from(own, fromMs, fromMs + 2_000).length);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('interleaved users do not mix: each request keeps its own failed checks', () => {
  const samples: RequestSample[] = [];
  const run = recorder([], (sample) => samples.push(sample));
  const base = { system: 'a', offsetMs: 10, latencyMs: 5, status: 200 };
  const first = pointsOf({ ...base, passes: true }, 1);
  const second = pointsOf({ ...base, passes: false }, 2);
  first.forEach((point, index) => {
    run.add(point);
    run.add(second[index] as Point);
  });
  expect(samples.map(({ failedChecks }) => failedChecks)).toEqual([[], ['body']]);
  expect(samples[0]).toMatchObject({ startMs: startMs + 10, latencyMs: 5, endMs: startMs + 15 });
});

test('requests of an iteration that never ended are in the record all the same', () => {
  const run = recorder();
  const points = pointsOf({ system: 'a', offsetMs: 5_000, latencyMs: 5, status: 200, passes: false }, 1);
  for (const point of points.slice(0, 5)) run.add(point);
  expect(run.finish(startMs + 8_000).systems[0]?.hold).toMatchObject({ requests: 1, failed: 1 });
});

test('dropped iterations count as intended, not as requests; a run cut short has a shorter hold', () => {
  const run = recorder();
  const tags = { scenario: 'a', system: 'a' };
  for (const offsetMs of [3_999, 4_000, 5_000]) {
    run.add({ metric: 'dropped_iterations', timeMs: startMs + offsetMs, value: 1, tags, metadata: {} });
  }
  const { systems, droppedIterations } = run.finish(startMs + 6_000);
  expect(droppedIterations).toBe(3);
  expect(systems[0]?.hold).toEqual({
    intendedPerSecond: 1,
    achievedPerSecond: 0,
    requests: 0,
    failed: 0,
    droppedIterations: 2,
    latencyMs: null,
  });
  expect(systems[1]?.series).toHaveLength(6);
  expect(recorder().finish(startMs + 1_000).systems[0]?.hold.intendedPerSecond).toBe(0);
});

test('a long run keeps each second by its summary, with the answers that come late', () => {
  const run = recorder();
  const answer = (offsetMs: number, latencyMs: number, index: number): void => {
    const points = pointsOf({ system: 'a', offsetMs, latencyMs, status: 200, passes: true }, index);
    for (const point of points) run.add(point);
  };
  let index = 0;
  for (let second = 0; second < 600; second += 1) {
    // Second 200 gets no answer until the run is nearly over.
    if (second !== 200) for (const ms of [3, 1, 2, 5, 4]) answer(second * 1_000 + 10, ms + second, index++);
  }
  answer(100_010, 450_000, index++);
  answer(200_010, 350_000, index++);
  const { series } = run.finish(startMs + 600_000).systems[0] ?? { series: [] };
  expect(series).toHaveLength(600);
  expect(series[599]?.latencyMs).toEqual({ p50: 602, p95: 603.8, p99: 603.96, max: 604 });
  expect(series[99]?.latencyMs).toEqual({ p50: 102, p95: 103.8, p99: 103.96, max: 104 });
  expect(series[100]).toMatchObject({ intended: 6, statuses: { 200: 6 } });
  expect(series[100]?.latencyMs).toEqual({ p50: 103, p95: 104.8, p99: 104.96, max: 450_000 });
  expect(series[200]?.latencyMs).toEqual({ p50: 350_000, p95: 350_000, p99: 350_000, max: 350_000 });
});

test('a second is summarised with the answers that took as long as a request may', () => {
  const run = recorder();
  const answered = (startedMs: number, index: number, latencyMs = 1): void => {
    const points = pointsOf(
      { system: 'a', offsetMs: startedMs, latencyMs, status: 200, passes: true },
      index,
    );
    for (const point of points) run.add(point);
  };
  answered(10, 0, 1_000);
  for (let second = 1; second <= 120; second += 1) answered(second * 1_000 + 10, second);
  // All the while the first second waits: what it asked may be answered after two minutes.
  answered(20, 121, 120_000);
  const { series } = run.finish(startMs + 121_000).systems[0] ?? { series: [] };
  expect(series[0]?.latencyMs).toMatchObject({ p50: 60_500, max: 120_000 });
});

test('thresholds stand with their values; one that the engine reports only where none explains it', () => {
  const thresholds = [parseThreshold('http_reqs{system:b}', 'counter', 'count>0')] as never[];
  const failing = recorder(thresholds);
  failing.addFailedThreshold('k6', 'exit code 99');
  expect(failing.finish(startMs + 1_000).thresholds).toEqual([
    { metric: 'http_reqs{system:b}', expression: 'count>0', ok: false, value: 0 },
  ]);
  const passing = recorder();
  passing.addFailedThreshold('k6', 'exit code 99');
  expect(passing.finish(startMs + 1_000).thresholds).toEqual([
    { metric: 'k6', expression: 'exit code 99', ok: false, value: null },
  ]);
});
