import { mean, median } from '../core/statistics.ts';
import { limits } from './limits.ts';
import type { Measurement } from './measurement.ts';

/** One system among its like, in one signal. */
export interface Standing {
  system: string;
  value: number;
  /** The fleet's median. */
  median: number;
  /** Robust z-score: how far from the median, in spreads of the fleet; its sign says to which side. */
  score: number;
  /** Far enough to be looked at. */
  isOutlier: boolean;
}

/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const madToDeviation = 1.4826;
/** The same for the mean absolute deviation. */
const meanToDeviation = 1.2533;

/**
 * Where each system stands among its like, which should carry similar loads: the modified z-score of Iglewicz
 * and Hoaglin. Median and median absolute deviation are not moved by the very system that is looked for.
 * The spread has a floor, so that a difference of no size is none however alike the others are, and one of
 * size is seen also where the others agree exactly. Where the median is zero there is no size to go by, and
 * the mean absolute deviation takes the spread's place.
 * @param values of one signal, by system; fewer than `minimumSystems` stand out in nothing.
 * @param step the measurement's own: what differs by one of it is as near as it can be told.
 */
export function standingsOf(
  values: ReadonlyMap<string, number>,
  unit: Measurement['unit'],
  step = 0,
): Standing[] {
  const all = [...values.values()];
  const middle = median(all);
  const deviations = all.map((value) => Math.abs(value - middle));
  const floor = smallestDifference(middle, unit) / limits.outliers.score;
  const spread = Math.max(madToDeviation * median(deviations), floor) || meanToDeviation * mean(deviations);
  return [...values].map(([system, value]) => {
    const difference = value - middle;
    const score = spread === 0 ? 0 : difference / spread;
    return {
      system,
      value,
      median: middle,
      score,
      isOutlier:
        all.length >= limits.outliers.minimumSystems &&
        Math.abs(difference) > step &&
        Math.abs(score) >= limits.outliers.score,
    };
  });
}

/**
 * The smallest difference that a measurement can tell, in the reader's unit: of what is counted in wholes, one of
 * them: of 10 executions 10 %. 0 where there is none.
 */
export function stepOf({ unit, capacity }: Pick<Measurement, 'unit' | 'capacity'>): number {
  if (unit === 'count') return 1;
  // A capacity of 1 stands for a share that is published as one.
  return capacity === undefined || capacity === 1 ? 0 : 100 / capacity;
}

const smallestDifference = (middle: number, unit: Measurement['unit']): number =>
  unit === 'percent'
    ? limits.outliers.minimumPoints
    : (Math.abs(middle) * limits.outliers.minimumPercentOfMedian) / 100;
