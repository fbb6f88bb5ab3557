import { farthest } from './atLeast.ts';
import type { FittedUse } from './systemLaws.ts';

/** What of a resource was used at which load, with the law that fits: what a picture of it needs. */
export interface UseOverLoad {
  /** The resource's. */
  id: string;
  /** The multiple of the expected peak that a period had, and what it used, in percent of the resource. */
  points: { load: number; percent: number; held: boolean }[];
  /**
   * What a typical period uses, in percent, from no load on; null where it grows with time, so that no load explains
   * it.
   */
  fit: { load: number; percent: number }[] | null;
}

/** Loads at which the law is asked; between them a line will do. */
const steps = 16;

/** By how much a picture goes beyond what it is about. */
const margin = 1.25;

/** @param crossing the multiple at which a typical period reaches the limit; null where the run does not say */
export function useOverLoadOf(
  { resource, readings, law, limit, seen, growsWithTime }: FittedUse,
  crossing: number | null,
): UseOverLoad {
  const points = readings
    .map(({ period: { load, held }, percent }) => ({ load, percent, held }))
    .toSorted((a, b) => a.load - b.load);
  if (growsWithTime) return { id: resource.id, points, fit: null };
  const amountAt = law.typicalThrough(limit);
  const end = Math.min(farthest * seen, Math.max(margin * seen, margin * (crossing ?? margin * seen)));
  // What rounds to the fewest units that are too many has reached the limit: there the picture has it too.
  const percentOf = (amount: number): number => (amount * resource.limitPercent) / limit;
  return {
    id: resource.id,
    points,
    fit: Array.from({ length: steps + 1 }, (_, step) => {
      const load = (step / steps) * end;
      return { load, percent: Math.max(0, percentOf(amountAt(load))) };
    }),
  };
}
