import type { SignalReading } from './signalQuestion.ts';
import { pointsOf } from './loadByPeriod.ts';
import { crossingOf } from './straightLine.ts';
import type { Capacity } from '../../records/verdict.ts';

/**
 * The resource of a system that binds first, and the load at which it reaches its limit: where a straight line
 * through the periods of ramp and hold gets there. What grows faster than the load gets there sooner.
 * @param readings every signal of the system, over ramp and hold
 * @param loads requests a second, by the period's start
 */
export function capacityOf(
  system: string,
  readings: readonly SignalReading[],
  loads: ReadonlyMap<number, number>,
): Capacity {
  const [first] = readings
    .filter(({ metricSignal }) => metricSignal.growsWithLoad)
    .flatMap(({ metricSignal, values }) => {
      const crossing = crossingOf(pointsOf({ metricSignal, values }, loads), metricSignal.limit);
      return crossing ? [{ metricSignal, crossing }] : [];
    })
    .toSorted((a, b) => a.crossing.x - b.crossing.x);
  return {
    system,
    seenPerSecond: Math.max(0, ...loads.values()),
    bindsFirst: first
      ? {
          signal: first.metricSignal.id,
          limit: first.metricSignal.limit,
          atPerSecond: first.crossing.x,
          lowPerSecond: first.crossing.low,
          highPerSecond: first.crossing.high,
        }
      : null,
  };
}
