import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';

/** A clock on which `speed` seconds pass in one: a drill of a minute takes a test two seconds. */
export function scaledClock(speed: number): Clock {
  const startMs = Date.now();
  const start = performance.now();
  return {
    now: () => startMs + (performance.now() - start) * speed,
    sleep: (durationMs, signal) => delay(durationMs / speed, undefined, signal ? { signal } : {}),
  };
}
