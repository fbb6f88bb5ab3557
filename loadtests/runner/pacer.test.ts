import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantStarts, rampingStarts } from './pacer.ts';

const schedules = fc.record({
  startRatePerMs: fc.integer({ min: 0, max: 200 }).map((perSecond) => perSecond / 1_000),
  stages: fc.array(
    fc.record({
      durationMs: fc.integer({ min: 1, max: 20_000 }),
      targetPerMs: fc.integer({ min: 0, max: 200 }).map((perSecond) => perSecond / 1_000),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** Iterations due by an instant: the area under the rate, integrated stage by stage. */
function areaUntil(
  atMs: number,
  {
    startRatePerMs,
    stages,
  }: { startRatePerMs: number; stages: { durationMs: number; targetPerMs: number }[] },
): number {
  let area = 0;
  let from = startRatePerMs;
  let leftMs = atMs;
  for (const { durationMs, targetPerMs } of stages) {
    const t = Math.min(leftMs, durationMs);
    area += from * t + ((targetPerMs - from) * t * t) / (2 * durationMs);
    leftMs -= t;
    from = targetPerMs;
  }
  return area;
}

test('a ramping schedule starts as many iterations as the area under its rate, never early', () => {
  fc.assert(
    fc.property(schedules, (schedule) => {
      const starts = [...rampingStarts(schedule)];
      const totalMs = schedule.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
      expect(Math.abs(starts.length - Math.floor(areaUntil(totalMs, schedule) + 1e-6))).toBeLessThanOrEqual(
        1,
      );
      const wrong = starts.find(
        (startMs, index) =>
          startMs < (starts[index - 1] ?? 0) ||
          startMs > totalMs ||
          Math.abs(areaUntil(startMs, schedule) - (index + 1)) > 1e-3,
      );
      expect(wrong).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test('a constant schedule keeps its distance from the absolute start', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 20_000 }),
      (perSecond, durationMs) => {
        const starts = [...constantStarts(perSecond / 1_000, durationMs)];
        expect(starts.length).toBe(Math.ceil((durationMs * perSecond) / 1_000));
        const wrong = starts.find((startMs, index) => Math.abs(startMs - (index * 1_000) / perSecond) > 1e-6);
        expect(wrong).toBeUndefined();
      },
    ),
    { numRuns: 60 },
  );
});

test('ramp to ten a second in two seconds, hold for one', () => {
  const stages = [
    { durationMs: 2_000, targetPerMs: 0.01 },
    { durationMs: 1_000, targetPerMs: 0.01 },
  ];
  const starts = [...rampingStarts({ startRatePerMs: 0, stages })];
  expect(starts).toHaveLength(20);
  // The area under a ramp is quadratic: the first of ten comes after √(1/10) of it.
  expect(starts[0]).toBeCloseTo(2_000 * Math.sqrt(0.1), 6);
  expect(starts[9]).toBeCloseTo(2_000, 6);
  expect(starts.slice(10, 12)).toEqual([expect.closeTo(2_100, 6), expect.closeTo(2_200, 6)]);
});
