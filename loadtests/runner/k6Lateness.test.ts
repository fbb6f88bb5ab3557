import { describe, expect, it } from 'vitest';
import { K6Lateness } from './k6Lateness.ts';
import type { ScenarioOptions } from './options.ts';
import type { Point } from './points.ts';
import { wholeShare } from './share.ts';

const startMs = Date.UTC(2026, 0, 1);
const common = { startTime: 0, gracefulStop: 0, exec: 'default', tags: {} } as const;
/** Ten a second, for a minute. */
const scenario: ScenarioOptions = {
  ...common,
  executor: 'constant-arrival-rate',
  timeUnit: 1_000,
  preAllocatedVUs: 10,
  maxVUs: 10,
  rate: 10,
  duration: 60_000,
};
const longestMs = 12_000;

interface Began {
  atMs: number;
  /** Null: dropped. */
  tookMs: number | null;
}

/** What k6 writes of them, in the order in which it does. */
const pointsOf = (began: readonly Began[], name = 'a'): Point[] =>
  began
    .map(({ atMs, tookMs }): Point => {
      const metric = tookMs === null ? 'dropped_iterations' : 'iteration_duration';
      return {
        metric,
        timeMs: startMs + atMs + (tookMs ?? 0),
        value: tookMs ?? 1,
        tags: { scenario: name },
        metadata: {},
      };
    })
    .toSorted((a, b) => a.timeMs - b.timeMs);

function latenessOf(began: readonly Began[], of: ScenarioOptions = scenario) {
  const lateness = new K6Lateness({ a: of }, wholeShare, { startMs, longestMs });
  for (const point of pointsOf(began)) lateness.add(point);
  return lateness.summary();
}

/** Six hundred, on time. */
const onTime = (tookMs: (n: number) => number | null = () => 20): Began[] =>
  Array.from({ length: 600 }, (_, n) => ({ atMs: n * 100, tookMs: tookMs(n) }));

describe('how late k6 began its iterations', () => {
  it('is told by when they ended and how long they took, in whatever order they ended', () => {
    expect(latenessOf(onTime((n) => (n % 7 === 0 ? 9_000 : 5)))).toMatchObject({
      iterations: 0,
      byMs: { max: expect.closeTo(0, 3) },
    });
  });

  it('counts what was due while it stood still', () => {
    // Nothing from second 20 to second 23: then all at once.
    const stalled = onTime().map((one) =>
      one.atMs >= 20_000 && one.atMs < 23_000 ? { ...one, atMs: 23_000 } : one,
    );
    const summary = latenessOf(stalled);
    // Those that were due more than 100 ms before.
    expect(summary?.iterations).toBe(29);
    expect(summary?.byMs?.max).toBeCloseTo(3_000, 0);
  });

  it('takes what was dropped for its place, and not for late', () => {
    expect(latenessOf(onTime((n) => (n % 3 === 0 ? null : 20)))).toMatchObject({ iterations: 0 });
  });

  it('does not ask of the end, where what was cut off left no word', () => {
    const cut = onTime().filter(({ atMs }) => atMs !== 55_000);
    expect(latenessOf(cut)).toMatchObject({ iterations: 0, byMs: { max: expect.closeTo(0, 3) } });
  });

  it('is not known of a run that is too short, of iterations without a schedule, and of ones that take too long', () => {
    expect(latenessOf(onTime().slice(0, 50))).toBeNull();
    const unpaced: ScenarioOptions = {
      ...common,
      executor: 'shared-iterations',
      vus: 1,
      iterations: 600,
      maxDuration: 60_000,
    };
    expect(latenessOf(onTime(), unpaced)).toBeNull();
    expect(latenessOf(onTime((n) => (n === 100 ? 13_000 : 20)))).toBeNull();
  });
});
