import type uPlot from 'uplot';
import { median } from '../../../core/statistics.ts';

/** More lines than a reader tells apart by colour: then those alone have one that stand out. */
export const manyLines = 10;

/** Lines that are brought out at once. */
const most = 5;

/** Spreads from the median, the robust z-score by which systems are compared everywhere. */
const farSpreads = 3.5;

/** What is nearer than this share of what is drawn is not seen to stand out. */
const seenShare = 0.06;

/** The newest value that there is, of the last few. */
export function newest(values: ArrayLike<number | null | undefined>): number | null {
  for (let index = values.length - 1; index >= Math.max(0, values.length - 3); index -= 1) {
    const value = values[index];
    if (typeof value === 'number') return value;
  }
  return null;
}

/** Positions of the lines whose newest value is far from that of the others, the farthest first. */
export function outstandingLines(columns: readonly uPlot.AlignedData[number][]): number[] {
  const values = columns.flatMap((column, line) => {
    const value = newest(column);
    return value === null ? [] : [{ line, value }];
  });
  if (values.length <= 2) return [];
  const middle = median(values.map(({ value }) => value));
  const spread = 1.4826 * median(values.map(({ value }) => Math.abs(value - middle)));
  const top = Math.max(...values.map(({ value }) => Math.abs(value)));
  return values
    .map(({ line, value }) => ({ line, distance: Math.abs(value - middle) }))
    .filter(({ distance }) => distance > farSpreads * spread && distance > seenShare * top)
    .toSorted((a, b) => b.distance - a.distance)
    .slice(0, most)
    .map(({ line }) => line);
}
