import { mean } from '../../core/statistics.ts';
import { chanceBeyondT, quantileOfT } from './studentT.ts';

/** How far two series of blocks differ: of their means, the second minus the first. */
export interface Difference {
  difference: number;
  /** Its interval, within which the true one lies in 95 of 100 cases. */
  low: number;
  high: number;
  /** How often chance alone makes two series of one distribution differ so much, 0–1. */
  chance: number;
}

/**
 * Welch's test (B. L. Welch, Biometrika 34, 1947) of the means of blocks. Seconds of a run are no independent values:
 * a pause, or a queue that builds up, marks those that follow. So it takes means of blocks, the method of batch means
 * (B. Schmeiser, Operations Research 30(3), 1982: ten to thirty of them), and what is left of the correlation between
 * neighbours shortens each series to as many values as it is worth, n (1 - r) / (1 + r) (Law and Kelton, Simulation
 * Modeling and Analysis, 4.4).
 *
 * Null where a series has fewer than {@link fewestBlocks}: nothing tells its spread then.
 */
export function differenceOf(first: readonly number[], second: readonly number[]): Difference | null {
  if (first.length < fewestBlocks || second.length < fewestBlocks) return null;
  const [a, b] = [first, second].map(summaryOf) as [Summary, Summary];
  const difference = b.mean - a.mean;
  const variance = a.varianceOfMean + b.varianceOfMean;
  // Both stand still: whatever differs does.
  if (variance === 0)
    return { difference, low: difference, high: difference, chance: difference === 0 ? 1 : 0 };
  const degrees =
    variance ** 2 /
    (a.varianceOfMean ** 2 / Math.max(1, a.worth - 1) + b.varianceOfMean ** 2 / Math.max(1, b.worth - 1));
  const error = Math.sqrt(variance);
  const reach = error * quantileOfT(0.975, degrees);
  return {
    difference,
    low: difference - reach,
    high: difference + reach,
    chance: chanceBeyondT(Math.abs(difference) / error, degrees),
  };
}

/** Of fewer the spread says nothing. */
export const fewestBlocks = 4;

interface Summary {
  mean: number;
  varianceOfMean: number;
  /** Independent values that the series is worth. */
  worth: number;
}

function summaryOf(values: readonly number[]): Summary {
  const middle = mean(values);
  const off = values.map((value) => value - middle);
  const squares = off.reduce((sum, each) => sum + each * each, 0);
  const steps = off.slice(1).reduce((sum, each, index) => sum + each * (off[index] as number), 0);
  const count = values.length;
  const correlation = squares === 0 ? 0 : Math.min(0.9, Math.max(0, steps / squares + 1 / count));
  const worth = Math.max(2, (count * (1 - correlation)) / (1 + correlation));
  return { mean: middle, varianceOfMean: squares / (count - 1) / worth, worth };
}
