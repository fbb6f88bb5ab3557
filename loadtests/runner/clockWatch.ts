import type { Clock } from '../../core/clock.ts';

/** A step from here on, in milliseconds, and what a clock that is slewed may drift by at most (NTP: 500 ppm). */
const stepMs = 1_000;
const driftPerMs = 500e-6;

/**
 * Watches whether a wall clock goes as time does: a run's windows are asked for by its times, which a step makes those
 * of another load; and a machine that slept has stood still.
 * @returns why the times are wrong, when asked; null while they are right
 */
export function watchClock(
  clock: Pick<Clock, 'now'>,
  monotonicNow: () => number = () => performance.now(),
): () => string | null {
  const begun = { wallMs: clock.now(), monotonicMs: monotonicNow() };
  return () => {
    const passedMs = monotonicNow() - begun.monotonicMs;
    const steppedMs = clock.now() - begun.wallMs - passedMs;
    if (Math.abs(steppedMs) < stepMs + passedMs * driftPerMs) return null;
    const [by, direction] = [Math.abs(steppedMs) / 1_000, steppedMs > 0 ? 'forward' : 'back'];
    return (
      `this machine's clock went ${direction} by ${by.toFixed(1)} s while the load ran, or the machine slept: ` +
      'the times of the run are not those of its metrics'
    );
  };
}
