import { limits } from '../../monitoring/limits.ts';

/** The first id of a block of messages for one run or drill; `random` gives values in [0, 1). */
export function reserveIds(random: () => number): number {
  const { first, blocks, blockSize } = limits.messageIds;
  return first + Math.floor(random() * blocks) * blockSize;
}
