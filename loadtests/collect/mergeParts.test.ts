import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partFileSchema, type PartFile } from '../../records/part.ts';
import { runFileSchema, type RunFile } from '../../records/run.ts';
import { exampleRun } from '../../records/testing/examples.ts';
import { CollectError } from '../errors.ts';
import { evenSegments, parseSegment, parseSequence } from '../runner/executionSegment.ts';
import { relativeError } from '../runner/histogram.ts';
import type { LatencySummary } from '../runner/latencySummary.ts';
import { builtInMetrics, type Point } from '../runner/points.ts';
import { Recorder } from '../runner/recorder.ts';
import { Share, wholeShare } from '../runner/share.ts';
import { parseThreshold } from '../runner/thresholds.ts';
import { mergeParts } from './mergeParts.ts';

const startMs = Date.UTC(2026, 0, 1);
const endMs = startMs + 12_000;
const firstMessageId = 2_000_000_000;
const batchSize = 2;
const at = (ms: number): string => new Date(ms).toISOString();

interface Iteration {
  offsetMs: number;
  latencyMs: number;
  status: number;
  isMessage: boolean;
  dropped: boolean;
}

/** What either engine tells of the `index`th iteration of a run. */
function pointsOf({ offsetMs, latencyMs, status, isMessage, dropped }: Iteration, index: number): Point[] {
  const load = isMessage ? { load: 'messages', batch: String(batchSize) } : { load: 'requests' };
  const tags = { scenario: 'a', system: 'a', name: 'call', ...load };
  const metadata = { vu: '1', iter: String(index) };
  const timeMs = startMs + offsetMs + latencyMs;
  const point = (metric: string, value: number, more: Record<string, string> = {}): Point => ({
    metric,
    timeMs,
    value,
    tags: { ...tags, ...more },
    metadata,
  });
  if (dropped) return [{ ...point('dropped_iterations', 1), timeMs: startMs + offsetMs }];
  const answer = { status: String(status) };
  const outcome = { 200: 'acknowledged', 503: 'failed' }[status] ?? 'unresolved';
  return [
    point('http_reqs', 1, answer),
    point('http_req_duration', latencyMs, answer),
    point('http_req_failed', status === 200 ? 0 : 1, answer),
    ...(isMessage
      ? [0, 1].map((n) => ({
          ...point('messages_acknowledged', status === 200 ? 1 : 0, { outcome }),
          metadata: { ...metadata, message: String(firstMessageId + index * batchSize + n) },
        }))
      : [point('checks', status === 200 ? 1 : 0, { check: 'status is 200' })]),
    point('iteration_duration', latencyMs),
  ];
}

const metricTypes = { ...builtInMetrics, messages_acknowledged: 'rate' } as const;
const thresholds = [
  parseThreshold('http_reqs', 'counter', 'count>20'),
  parseThreshold('http_req_failed{load:requests}', 'rate', 'rate<0.2'),
  parseThreshold('http_req_duration', 'trend', 'p(99)<1000'),
  parseThreshold('http_req_duration', 'trend', 'avg<500'),
];

const windows = {
  run: { start: at(startMs), end: at(endMs) },
  ramp: { start: at(startMs), end: at(startMs + 2_000) },
  hold: { start: at(startMs + 2_000), end: at(startMs + 9_000) },
};

/** What an instance with this share records of the run, which starts so much later by its clock. */
function partOf(share: Share, iterations: readonly Iteration[], lateMs = 0): PartFile {
  const shifted = startMs + lateMs;
  const recorder = new Recorder({
    systems: ['a'],
    startMs: shifted,
    windows: { hold: { startMs: shifted + 2_000, endMs: shifted + 9_000 } },
    periodSeconds: 4,
    thresholds,
    metricTypes,
    firstMessageId,
    toMerge: true,
    messagesShareOf: () => share,
  });
  for (const [index, iteration] of iterations.entries()) {
    if (!share.has(index)) continue;
    for (const point of pointsOf(iteration, index)) recorder.add({ ...point, timeMs: point.timeMs + lateMs });
  }
  const { droppedIterations, ...record } = recorder.finish(endMs + lateMs);
  const moved = ({ start, end }: RunFile['windows']['run']) => ({
    start: at(Date.parse(start) + lateMs),
    end: at(Date.parse(end) + lateMs),
  });
  const run: RunFile = {
    ...exampleRun,
    windows: { run: moved(windows.run), ramp: moved(windows.ramp), hold: moved(windows.hold) },
    ...record,
    generator: { ...exampleRun.generator, lateIterations: 0, droppedIterations },
    complete: true,
    reason: null,
  };
  const { segment, sequence } = share;
  return partFileSchema.parse({
    schemaVersion: 2,
    segment,
    sequence,
    run,
    ...recorder.part(),
    lateness: null,
  });
}

const iterationsOfRuns = fc.array(
  fc.record({
    offsetMs: fc.integer({ min: 0, max: 10_500 }),
    latencyMs: fc.integer({ min: 1, max: 1_400 }),
    status: fc.constantFrom(200, 200, 200, 503, 0),
    isMessage: fc.boolean(),
    dropped: fc.boolean(),
  }),
  { maxLength: 80 },
);

const { segments, sequence } = evenSegments(3);
const shares = segments.map((segment) => Share.of(parseSegment(segment), parseSequence(sequence)));

/** Without what a rounding may change, which is compared apart; and ids, which here have gaps that no engine leaves. */
const inexact = ['p50', 'p95', 'p99', 'max', 'value', 'intendedPerSecond', 'achievedPerSecond'];
function comparable(record: object): { exact: string; numbers: number[] } {
  const numbers: number[] = [];
  const exact = JSON.stringify(record, (key, value: unknown) => {
    if (key === 'unresolvedIds') return undefined;
    if (!inexact.includes(key) || typeof value !== 'number') return value;
    numbers.push(Math.round(value * 1e6) / 1e6);
    return 0;
  });
  return { exact, numbers };
}

test('three instances’ parts are the run that one instance makes', () => {
  fc.assert(
    fc.property(iterationsOfRuns, (iterations) => {
      const alone = mergeParts('run', [partOf(wholeShare, iterations)]);
      const together = mergeParts(
        'run',
        shares.map((share) => partOf(share, iterations)),
      );
      const { instances, checks, ...run } = together;
      const { instances: _one, checks: itsChecks, ...expected } = alone;
      expect(instances).toEqual({ count: 3, missing: [], startSkewMs: 0 });
      expect(checks).toEqual(itsChecks);
      expect(comparable(run)).toEqual(comparable(expected));
      expect(() => runFileSchema.parse(together)).not.toThrow();
    }),
    { numRuns: 150 },
  );
});

test('percentiles are of all latencies, not of the parts', () => {
  const iterations = Array.from({ length: 300 }, (_, index) => ({
    offsetMs: 3_000 + index * 10,
    // One instance in three is slow: the mean of their medians would be a third of its.
    latencyMs: index % 3 === 2 ? 900 : 10 + (index % 7),
    status: 200,
    isMessage: false,
    dropped: false,
  }));
  const run = mergeParts(
    'run',
    shares.map((share) => partOf(share, iterations)),
  );
  const [system] = run.systems;
  const near = (ms: number, latency: LatencySummary | null | undefined, of: 'p50' | 'p99'): void =>
    expect(Math.abs((latency?.[of] ?? 0) - ms) / ms).toBeLessThan(2 * relativeError);
  near(15, system?.hold.latencyMs, 'p50');
  near(900, system?.hold.latencyMs, 'p99');
  near(15, system?.series[3]?.latencyMs, 'p50');
  near(900, system?.periods?.latencies[0]?.latencyMs, 'p99');
  expect(system?.periods?.requests?.reduce((sum, { count }) => sum + count, 0)).toBe(300);
  expect(run.thresholds.map(({ ok }) => ok)).toEqual([true, true, true, true]);
});

test('thresholds are judged over the whole: a part alone has too few requests', () => {
  const iterations = Array.from({ length: 30 }, (_, index) => ({
    offsetMs: index * 100,
    latencyMs: 10,
    status: 200,
    isMessage: false,
    dropped: false,
  }));
  const parts = shares.map((share) => partOf(share, iterations));
  expect(parts.map(({ run }) => run.thresholds[0])).toEqual(
    parts.map(() => ({ metric: 'http_reqs', expression: 'count>20', ok: false, value: 10 })),
  );
  expect(mergeParts('run', parts).thresholds[0]).toEqual({
    metric: 'http_reqs',
    expression: 'count>20',
    ok: true,
    value: 30,
  });
});

test('messages without a word are one instance’s, once, and those of others are not its own', () => {
  const iterations = Array.from({ length: 9 }, (_, index) => ({
    offsetMs: 3_000,
    latencyMs: 10,
    status: index === 4 ? 0 : 200,
    isMessage: true,
    dropped: false,
  }));
  const parts = shares.map((share) => partOf(share, iterations));
  const id = (n: number): number => firstMessageId + n;
  const unresolved = parts.map(({ run }) => run.systems[0]?.messages?.unresolvedIds);
  expect(unresolved).toEqual([[], [{ first: id(8), last: id(9) }], []]);
  const messages = mergeParts('run', parts).systems[0]?.messages;
  expect(messages?.acknowledgedIds).toEqual([
    { first: id(0), last: id(7) },
    { first: id(10), last: id(17) },
  ]);
  expect(messages?.hold).toMatchObject({ acknowledged: 16, unresolved: 2 });
});

describe('parts that are not the whole of one run', () => {
  const [a, b, c] = shares.map((share) => partOf(share, [])) as [PartFile, PartFile, PartFile];

  test('a missing one is named, and the run is not complete', () => {
    const run = mergeParts('run', [c, a]);
    expect(run.complete).toBe(false);
    expect(run.reason).toBe('of 3 instances 1/3:2/3 left no part');
    expect(run.instances).toEqual({ count: 3, missing: ['1/3:2/3'], startSkewMs: 0 });
  });

  test('one that was stopped makes the run so, with its reason', () => {
    const stopped = { ...b, run: { ...b.run, complete: false, reason: 'interrupted' } };
    expect(mergeParts('run', [a, stopped, c])).toMatchObject({
      complete: false,
      reason: 'instance 1/3:2/3: interrupted',
    });
  });

  test('clocks within a second are one load: the skew is told, and the hold begins when all hold', () => {
    const [first, second, third] = shares;
    if (!first || !second || !third) throw new TypeError('three shares');
    const run = mergeParts('run', [partOf(first, [], 250), partOf(second, []), partOf(third, [], 1_000)]);
    expect(run.instances?.startSkewMs).toBe(1_000);
    expect(run.windows.hold).toEqual({ start: at(startMs + 3_000), end: at(startMs + 10_000) });
    expect(run.windows.run).toEqual({ start: at(startMs), end: at(endMs + 1_000) });
    const apart = () => mergeParts('run', [a, b, partOf(third, [], 1_001)]);
    expect(apart).toThrow(CollectError);
    expect(apart).toThrow('they started 1001 ms apart by their clocks, at most 1000 ms are one load');
  });

  test.each<[string, PartFile, string]>([
    ['a part twice', a, '0:1/3 is there twice'],
    ['another profile', { ...b, run: { ...b.run, profile: 'soak' } }, 'profile is peak, and soak'],
    ['another sequence', { ...b, sequence: '0,1/3,1' }, 'sequence is 0,1/3,2/3,1, and 0,1/3,1'],
    [
      'another configuration',
      { ...b, run: { ...b.run, configurationHash: 'other' } },
      'configuration is hash, and other',
    ],
  ])('%s is refused', (_what, other, why) => {
    expect(() => mergeParts('run', [a, other])).toThrow(CollectError);
    expect(() => mergeParts('run', [a, other])).toThrow(why);
  });
});
