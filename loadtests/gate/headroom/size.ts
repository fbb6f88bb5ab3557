import { boundOf, farthest } from './atLeast.ts';
import { systemLaws, countLimit, type FittedUse, type ResourceUse } from './systemLaws.ts';
import type { LoadedRun } from './readings.ts';

/** A size of a resource that is enough for the whole expected peak. */
export interface NeededSize {
  id: string;
  /**
   * As a multiple of the size that it has: above 1 it is too small now, below it is larger than it has to be.
   */
  factor: number;
}

/** A size is sought up to so many times the present one. */
const largest = 100;

/**
 * The smallest size of each resource that is known to be enough: with which the *at least* reaches the whole
 * expected peak. A resource is left out of which the run does not tell any.
 */
export const neededSizes = (run: LoadedRun, resources: readonly ResourceUse[]): NeededSize[] =>
  systemLaws(run, resources).flatMap((use) => {
    // The peak is farther than the run tells, whatever the size.
    if (use.seen * farthest < 1) return [];
    const factor =
      use.resource.kind === 'divisible' ? neededShare(use) : neededUnits(use, use.resource.units);
    return factor === undefined ? [] : [{ id: use.resource.id, factor }];
  });

/** Each part of the resource has the use at rest, and its share of the requests. */
function neededShare(use: FittedUse): number | undefined {
  const { atLeast } = boundOf(use, use.limit);
  return atLeast * largest < 1 ? undefined : 1 / atLeast;
}

/** Besides, one more at once, or one in twenty: who follows an advice shall not need a second one. */
const spareOf = (limit: number): number => Math.max(1, limit / 20);

function neededUnits(use: FittedUse, units: number): number | undefined {
  const enough = (count: number): boolean => {
    const limit = countLimit(count, use.resource.limitPercent);
    return limit > spareOf(limit) && boundOf(use, limit - spareOf(limit)).atLeast >= 1;
  };
  let upTo = 1;
  while (!enough(upTo)) {
    upTo *= 2;
    if (upTo > largest * units) return undefined;
  }
  let below = upTo / 2;
  while (upTo - below > 1) {
    const middle = Math.floor((below + upTo) / 2);
    if (enough(middle)) upTo = middle;
    else below = middle;
  }
  return upTo / units;
}
