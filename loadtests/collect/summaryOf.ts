import type { Distribution } from '../../records/distribution.ts';
import { Histogram } from '../runner/histogram.ts';
import { latencySummary, type LatencySummary } from '../runner/latencySummary.ts';

/** Of all values together. */
export function summaryOf(
  distributions: readonly (Distribution | null | undefined)[],
): LatencySummary | null {
  const all = new Histogram();
  for (const distribution of distributions) if (distribution) all.merge(distribution);
  return latencySummary(all);
}
