import { mean } from '../../core/statistics.ts';

/** Batch means want ten to thirty (`differenceOf`). */
const mostBlocks = 20;

/**
 * Values that follow each other, put together to equal stretches, each as its mean: never more than twenty, and none
 * shorter than asked. What is left over at the end is in none.
 */
export function blockMeans(values: readonly number[], fewestValues = 1): number[] {
  const count = Math.min(mostBlocks, Math.floor(values.length / fewestValues));
  const length = count === 0 ? 0 : Math.floor(values.length / count);
  return Array.from({ length: count }, (_, block) =>
    mean(values.slice(block * length, (block + 1) * length)),
  );
}
