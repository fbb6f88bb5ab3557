import { limits } from '../../monitoring/limits.ts';

/**
 * Where values cross their limit: the first from which they are at it or over in as many in a row as it takes; in
 * fewer where they end over it. -1 where they never do.
 */
export const firstOver = (values: readonly number[], limit: number): number =>
  values.findIndex((_, from) =>
    values.slice(from, from + limits.breakpoint.periodsToCross).every((value) => value >= limit),
  );
