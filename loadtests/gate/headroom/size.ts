import { median } from '../../../core/statistics.ts';
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

/** Between two sizes that are told apart, where they may be of any. */
const step = 1.02;

function neededShare(use: FittedUse, others: readonly FittedUse[]): number | undefined {
  const { resource, limit } = use;
  if (resource.kind !== 'divisible') return undefined;
  if (resource.atRest === 'spread') {
    return smallest(
      (factor) => carriesPeak(use, limit * factor),
      { from: Math.max(1 / largest, mostHeld(use) / limit), most: largest },
      (below, upTo) => upTo / below <= step,
    );
  }
  // Each part of the resource has the use at rest, and its share of the requests.
  const { atLeast } = boundOf(use, limit);
  if (atLeast * largest < 1) return undefined;
  const factor = 1 / atLeast;
  return resource.slowsRequests && factor < 1 ? besideWaiting(use, factor, others) : factor;
}

/** Whether as much as this is enough for the whole peak. */
const carriesPeak = (use: FittedUse, limit: number): boolean => boundOf(use, limit).atLeast >= 1;

/** A typical one of what was used at the peak in the hold: no less is ever enough. */
const mostHeld = ({ held }: FittedUse): number =>
  held.length === 0 ? 0 : median(held.map(({ load, amount }) => amount / Math.max(1, load)));

/** From `from` on, in growing steps, and then between the last two. Each try costs a fit: few are made. */
function smallest(
  enough: (size: number) => boolean,
  { from, most }: { from: number; most: number },
  areClose: (below: number, upTo: number) => boolean,
): number | undefined {
  if (enough(from)) return from;
  if (!enough(most)) return undefined;
  let below = from;
  let upTo = from;
  for (let ratio = 1.1; upTo === from || !enough(upTo); ratio **= 2) {
    below = upTo;
    upTo = Math.min(most, upTo * ratio);
  }
  while (!areClose(below, upTo)) {
    const middle = Math.sqrt(below * upTo);
    if (enough(middle)) upTo = middle;
    else below = middle;
  }
  return upTo;
}

/**
 * A smaller one is busier, requests take longer, and more units of the others are in use: they must suffice for
 * that as they are.
 */
function besideWaiting(
  { percentAt }: FittedUse,
  smallestFactor: number,
  others: readonly FittedUse[],
): number {
  const now = percentAt?.(1) ?? 0;
  const counted = others.filter(({ resource }) => resource.kind !== 'divisible');
  for (let factor = smallestFactor; factor < 1; factor *= step) {
    const slower = slownessAt(now / factor) / slownessAt(now);
    if (counted.every((other) => carriesPeak(other, other.limit / slower))) return factor;
  }
  return 1;
}

/** Besides, one more at once, or one in twenty: who follows an advice shall not need a second one. */
const spareOf = (limit: number): number => Math.max(1, limit / 20);

function neededUnits(use: FittedUse, units: number): number | undefined {
  const enough = (count: number): boolean => {
    const limit = countLimit(Math.ceil(count), use.resource.limitPercent);
    return limit > spareOf(limit) && carriesPeak(use, limit - spareOf(limit));
  };
  const count = smallest(
    enough,
    { from: Math.max(1, mostHeld(use)), most: largest * units },
    (below, upTo) => Math.ceil(upTo) - Math.ceil(below) <= 1,
  );
  return count === undefined ? undefined : Math.ceil(count) / units;
}
