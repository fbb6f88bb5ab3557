import { farthest } from './atLeast.ts';
import type { FittedUse } from './systemLaws.ts';

/** What of a resource was used at which load, with the law that fits: what a picture of it needs. */
export interface UseOverLoad {
  /** The resource's. */
  id: string;
  /** The multiple of the expected peak that a period had, and what it used, in percent of the resource; of a long run as
   * many as a picture shows. */
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

/** Points that a picture has room for. */
const mostPoints = 200;

type Point = UseOverLoad['points'][number];

/** Of many points those that used least and most of each stretch of like loads: no extreme is lost. */
function leastAndMost(points: readonly Point[]): Point[] {
  if (points.length <= mostPoints) return [...points];
  const length = Math.ceil(points.length / (mostPoints / 2));
  const shown = new Set<Point>();
  for (let from = 0; from < points.length; from += length) {
    const alike = points.slice(from, from + length);
    shown.add(alike.reduce((least, one) => (one.percent < least.percent ? one : least)));
    shown.add(alike.reduce((most, one) => (one.percent > most.percent ? one : most)));
  }
  return points.filter((point) => shown.has(point));
}

/** @param crossing the multiple at which a typical period reaches the limit; null where the run does not say */
export function useOverLoadOf(
  { resource, readings, law, limit, seen, growsWithTime }: FittedUse,
  crossing: number | null,
): UseOverLoad {
  const points = readings
    .map(({ period: { load, held }, percent }) => ({ load, percent, held }))
    .toSorted((a, b) => a.load - b.load);
  const shown = leastAndMost(points);
  if (growsWithTime) return { id: resource.id, points: shown, fit: null };
  const amountAt = law.typicalThrough(limit);
  const end = Math.min(farthest * seen, Math.max(margin * seen, margin * (crossing ?? margin * seen)));
  // What rounds to the fewest units that are too many has reached the limit: there the picture has it too.
  const percentOf = (amount: number): number => (amount * resource.limitPercent) / limit;
  return {
    id: resource.id,
    points: shown,
    fit: Array.from({ length: steps + 1 }, (_, step) => {
      const load = (step / steps) * end;
      return { load, percent: Math.max(0, percentOf(amountAt(load))) };
    }),
  };
}
