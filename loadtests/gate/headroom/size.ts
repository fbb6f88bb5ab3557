import { boundOf, farthest } from './atLeast.ts';
import { slownessAt } from './divisibleUse.ts';
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
export function neededSizes(run: LoadedRun, resources: readonly ResourceUse[]): NeededSize[] {
  const uses = systemLaws(run, resources);
  return uses.flatMap((use) => {
    // The peak is farther than the run tells, whatever the size.
    if (use.seen * farthest < 1) return [];
    const factor =
      use.resource.kind === 'divisible' ? neededShare(use, uses) : neededUnits(use, use.resource.units);
    return factor === undefined ? [] : [{ id: use.resource.id, factor }];
  });
}

/** Between two sizes that are tried, where they may be of any. */
const step = 1.02;

function neededShare(use: FittedUse, others: readonly FittedUse[]): number | undefined {
  const { resource, limit } = use;
  if (resource.kind !== 'divisible') return undefined;
  if (resource.atRest === 'spread')
    return smallestShare((factor) => boundOf(use, limit * factor).atLeast >= 1);
  // Each part of the resource has the use at rest, and its share of the requests.
  const { atLeast } = boundOf(use, limit);
  if (atLeast * largest < 1) return undefined;
  const factor = 1 / atLeast;
  return resource.slowsRequests && factor < 1 ? besideWaiting(use, factor, others) : factor;
}

function smallestShare(enough: (factor: number) => boolean): number | undefined {
  if (!enough(largest)) return undefined;
  let below = Math.log(1 / largest);
  let upTo = Math.log(largest);
  while (upTo - below > Math.log(step)) {
    const middle = (below + upTo) / 2;
    if (enough(Math.exp(middle))) upTo = middle;
    else below = middle;
  }
  return Math.exp(upTo);
}

/**
 * A smaller one is busier, requests take longer, and more units of the others are in use: they must suffice for
 * that as they are.
 */
function besideWaiting({ percentAt }: FittedUse, smallest: number, others: readonly FittedUse[]): number {
  const now = percentAt?.(1) ?? 0;
  const counted = others.filter(({ resource }) => resource.kind !== 'divisible');
  for (let factor = smallest; factor < 1; factor *= step) {
    const slower = slownessAt(now / factor) / slownessAt(now);
    if (counted.every((other) => boundOf(other, other.limit / slower).atLeast >= 1)) return factor;
  }
  return 1;
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
