/**
 * When each iteration of an arrival-rate scenario is to start: pure functions of the schedule, counted from
 * an absolute start, so that a late iteration never moves those after it.
 *
 *   rate                   The area under the rate is the number of iterations; iteration n of a ramping
 *    ^        ,------      schedule starts where the area reaches n (n = 1, 2, …). A stage's leftover
 *    |     ,-'      |      fraction is carried into the next stage.
 *    |  ,-'         |
 *    +-'------------+--> time
 */
export interface RampingSchedule {
  /** Iterations a millisecond at the beginning. */
  startRatePerMs: number;
  /** Straight lines from the rate before to `targetPerMs`. */
  stages: readonly { durationMs: number; targetPerMs: number }[];
}

/** Starts of a constant arrival rate, in milliseconds from the scenario's start: 0, one period, two periods… */
export function* constantStarts(ratePerMs: number, durationMs: number): Generator<number> {
  for (let n = 0; ; n += 1) {
    const startMs = n / ratePerMs;
    if (startMs >= durationMs) return;
    yield startMs;
  }
}

/** Starts of a ramping arrival rate, in milliseconds from the scenario's start, in order. */
export function* rampingStarts({ startRatePerMs, stages }: RampingSchedule): Generator<number> {
  let from = startRatePerMs;
  let stageStartMs = 0;
  let area = 0;
  let n = 1;
  for (const { durationMs, targetPerMs: to } of stages) {
    const stageArea = (durationMs * (from + to)) / 2;
    for (; n <= area + stageArea; n += 1) {
      yield stageStartMs + Math.min(durationMs, timeToArea(n - area, from, to, durationMs));
    }
    area += stageArea;
    from = to;
    stageStartMs += durationMs;
  }
}

/** Solves `from·t + (to − from)·t²/2d = area` for t, in the form that stays exact when the slope is near zero. */
function timeToArea(area: number, from: number, to: number, durationMs: number): number {
  const slope = (to - from) / durationMs;
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * area));
  return (2 * area) / (from + root);
}

/** How many users there are from an instant on, in milliseconds from the scenario's start. */
export interface UserStep {
  atMs: number;
  users: number;
}

/**
 * When the number of users changes in a schedule of straight lines between numbers of users, by k6's rule: a user comes
 * when the line reaches its number, and goes when the line has left it, so that the last change of a stage is at its
 * end.
 */
export function* userSteps(
  startUsers: number,
  stages: readonly { durationMs: number; target: number }[],
): Generator<UserStep> {
  yield { atMs: 0, users: startUsers };
  let from = startUsers;
  let stageStartMs = 0;
  for (const { durationMs, target } of stages) {
    const difference = Math.abs(target - from);
    if (durationMs === 0 && difference > 0) yield { atMs: stageStartMs, users: target };
    else {
      for (let n = 1; n <= difference; n += 1) {
        yield {
          atMs: stageStartMs + (durationMs * n) / difference,
          users: from + Math.sign(target - from) * n,
        };
      }
    }
    from = target;
    stageStartMs += durationMs;
  }
}
