import type { CountPoint } from './countLaw.ts';
import type { LoadedPeriod, LoadedRun, Reading, Use } from './readings.ts';
import { peakednessOf, typicalMost } from './refusals.ts';

/** A resource that is used in whole units, and measured by the most of them at once in a period. */
export interface CountedUse extends Use {
  /** `kept` units stay taken for a while after their use: the connections of warm environments. */
  kind: 'inUse' | 'kept';
  /** How many there are. */
  units: number;
  /** Of what uses them, by the period's start; empty where that is not measured. */
  flow: ReadonlyMap<number, Flow>;
}

/** What a reading says of the units that would have been in use, had there been enough of them. */
export interface CountReading extends CountPoint {
  period: LoadedPeriod;
  /** The most at once: measured, or expected where some were refused. */
  most: number;
}

export interface Flow {
  /** That got a unit. */
  perSecond: number;
  /** That each of them had it in use, on average. */
  meanSeconds: number;
  /** That found none free. */
  refusedPerSecond: number;
}

/** The fewest units that are at the limit or over it. */
export const limitUnits = (units: number, limitPercent: number): number =>
  Math.max(1, Math.ceil((units * limitPercent) / 100 - 1e-9));

/** Within a period of a ramp, how far from the average to the busiest load its maximum usually falls. */
const busyShare = 2 / 3;

/** Within this factor the maximum that refusals let expect is that of an unlimited resource. */
const expectedWithin = 1.3;

/**
 * Where units were refused, their share says how many more would have been in use: by Erlang's loss formula,
 * for arrivals as bunched as that share makes them.
 * @param slowed starts of the periods in which requests waited for something that was used up: then their
 *   times, and
 *   with them the refusals, are not those of this load
 */
export function countReadingsOf(
  { units, flow }: CountedUse,
  readings: readonly Reading[],
  { periodSeconds }: LoadedRun,
  slowed: ReadonlySet<number>,
): CountReading[] {
  return readings
    .filter(({ period }) => period.load > 0)
    .map(({ period, percent }) => {
      const load = period.load + busyShare * Math.max(0, period.topLoad - period.load);
      const most = Math.round((percent / 100) * units);
      const through = flow.get(period.startMs);
      const { perSecond, meanSeconds, refusedPerSecond } = through ?? nothing;
      const offered = perSecond + refusedPerSecond;
      const reading = { period, load, mean: offered * meanSeconds, most };
      const refused = through === undefined ? most >= units : refusedPerSecond > 0;
      if (!refused) return { ...reading, from: most - 0.5, to: most + 0.5 };
      if (refusedPerSecond === 0 || slowed.has(period.startMs)) {
        return { ...reading, from: units - 0.5, to: Infinity };
      }
      const bunched = peakednessOf(units, reading.mean, refusedPerSecond / offered);
      const bunches = (offered * periodSeconds) / bunched;
      const expected = Math.max(units, bunched * typicalMost(reading.mean / bunched, bunches));
      return {
        ...reading,
        most: expected,
        from: Math.max(units - 0.5, expected / expectedWithin),
        to: expected * expectedWithin,
      };
    });
}

const nothing: Flow = { perSecond: 0, meanSeconds: 0, refusedPerSecond: 0 };
