import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantStarts, rampingStarts, userSteps } from './pacer.ts';

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

test('the number of users moves one by one from target to target, each change at its share of the stage', () => {
  const stage = fc.record({ durationMs: fc.integer({ min: 1, max: 60_000 }), target: fc.nat(50) });
  fc.assert(
    fc.property(fc.nat(50), fc.array(stage, { maxLength: 5 }), (startUsers, stages) => {
      const steps = [...userSteps(startUsers, stages)];
      expect(steps[0]).toEqual({ atMs: 0, users: startUsers });
      let [fromMs, from] = [0, startUsers];
      for (const { durationMs, target } of stages) {
        const within = steps.filter(({ atMs }) => atMs > fromMs && atMs <= fromMs + durationMs);
        expect(within.length).toBe(Math.abs(target - from));
        for (const [index, { atMs, users }] of within.entries()) {
          expect(users).toBe(from + Math.sign(target - from) * (index + 1));
          // On the line, or where it has been left: never before.
          const lineAt = from + ((target - from) * (atMs - fromMs)) / durationMs;
          expect(users).toBeCloseTo(lineAt, 6);
        }
        expect(within.at(-1)?.atMs ?? fromMs + durationMs).toBeCloseTo(fromMs + durationMs, 6);
        [fromMs, from] = [fromMs + durationMs, target];
      }
    }),
  );
});

test('a stage without a duration is one change', () => {
  expect([
    ...userSteps(1, [
      { durationMs: 0, target: 4 },
      { durationMs: 10, target: 3 },
    ]),
  ]).toEqual([
    { atMs: 0, users: 1 },
    { atMs: 0, users: 4 },
    { atMs: 10, users: 3 },
  ]);
});
