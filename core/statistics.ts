/*
 * The statistics that more than one room speaks of, each defined once, so that a drill, the gate and a bench mean
 * the same by "p99". Of no values there is none: `NaN`, which no limit holds.
 */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Half of the values are not above it, and half not below; of an even number the middle of the middle two. */
export const median = (values: readonly number[]): number => percentile(values, 50);

/**
 * The value that `percent` (0–100) of the values do not exceed, interpolated between neighbours as k6 does.
 * @param values in any order
 */
export const percentile = (values: readonly number[], percent: number): number =>
  percentileOfSorted(Float64Array.from(values).sort(), percent);

/** The same of values that are in ascending order already, for who asks for several. */
export function percentileOfSorted(ascending: ArrayLike<number>, percent: number): number {
  if (ascending.length === 0) return Number.NaN;
  const index = (percent / 100) * (ascending.length - 1);
  const below = ascending[Math.floor(index)] as number;
  const above = ascending[Math.ceil(index)] as number;
  return below + (above - below) * (index - Math.floor(index));
}

export interface Spread {
  least: number;
  median: number;
  most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const ascending = Float64Array.from(values).sort();
  return {
    least: percentileOfSorted(ascending, 0),
    median: percentileOfSorted(ascending, 50),
    most: percentileOfSorted(ascending, 100),
  };
}

/** For people: `12.1 (11.8 to 13.0)`, the median and what it lies between. */
export function formatSpread(values: readonly number[], format: (value: number) => string): string {
  const spread = spreadOf(values);
  return `${format(spread.median)} (${format(spread.least)} to ${format(spread.most)})`;
}
