import { countReadingsOf, limitUnits, type CountedUse } from './countedUse.ts';
import { fitCount } from './countLaw.ts';
import type { Law } from './crossing.ts';
import { shareLawOf, slownessBy, type DivisibleUse } from './divisibleUse.ts';
import { readingsOf, seenIn, usedUpPercent, type LoadedRun, type Reading } from './readings.ts';
import { risesOverTime } from './risesOverTime.ts';

export type ResourceUse = DivisibleUse | CountedUse;

/** What a run showed of a resource, and the law that it follows. */
export interface FittedUse {
  resource: ResourceUse;
  /** What was measured, as it was read. */
  readings: readonly Reading[];
  law: Law;
  /** What it will be used at a load, in percent; null of what is used in whole units. */
  percentAt: ((load: number) => number) | null;
  /** The amount at which the reserve is gone. */
  limit: number;
  /** What was used in the held periods, where they ran out of it what would have been. */
  held: readonly { load: number; amount: number }[];
  /** The most load of a period. */
  seen: number;
  /** Whether it grew while the load stood: then it is not the load that fills it. */
  growsWithTime: boolean;
}

/** The laws of a system's resources, without those that nothing was measured of under load. */
export function systemLaws(run: LoadedRun, resources: readonly ResourceUse[]): FittedUse[] {
  const measured = resources
    .map((resource) => ({ resource, readings: readingsOf(resource, run) }))
    .filter(({ readings }) => seenIn(readings) > 0);
  const divisible = measured.flatMap(({ resource, readings }) =>
    resource.kind === 'divisible' ? [{ resource, readings, law: shareLawOf(readings) }] : [],
  );
  const waitedFor = divisible.filter(({ resource }) => resource.slowsRequests);
  const slowness = slownessBy(waitedFor.map(({ law }) => law));
  const slowed = new Set(
    waitedFor
      .flatMap(({ readings }) => readings)
      .filter(({ percent }) => percent >= usedUpPercent)
      .map(({ period }) => period.startMs),
  );
  const counted = measured.flatMap(({ resource, readings }) => {
    if (resource.kind === 'divisible') return [];
    const counts = countReadingsOf(resource, readings, run, slowed);
    const law = fitCount(counts, { slowness, kept: resource.kind === 'kept' });
    return [{ resource, readings, law, counts }];
  });
  return [
    ...divisible.map(({ resource, readings, law }): FittedUse => ({
      resource,
      readings,
      law,
      percentAt: law.percentAt,
      limit: resource.limitPercent,
      held: heldOf(readings, ({ percent }) => percent),
      seen: seenIn(readings),
      growsWithTime: risesOverTime(readings),
    })),
    ...counted.map(({ resource, readings, law, counts }): FittedUse => ({
      resource,
      readings,
      law,
      percentAt: null,
      limit: countLimit(resource.units, resource.limitPercent),
      held: heldOf(counts, ({ most }) => most),
      seen: seenIn(readings),
      // What is given back at once is not leaked, and steps of whole units are no growth.
      growsWithTime: resource.kind === 'kept' && risesOverTime(readings),
    })),
  ];
}

const heldOf = <R extends Pick<Reading, 'period'>>(
  readings: readonly R[],
  amountOf: (reading: R) => number,
): FittedUse['held'] =>
  readings
    .filter(({ period }) => period.held)
    .map((reading) => ({ load: reading.period.load, amount: amountOf(reading) }));

/** Half a unit before the fewest that are at the limit: what rounds to them has reached it. */
export const countLimit = (units: number, limitPercent: number): number =>
  limitUnits(units, limitPercent) - 0.5;
