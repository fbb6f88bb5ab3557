import { z } from 'zod';
import { count } from './fields.ts';

/**
 * Values of which percentiles are asked once they are together with others: how many fell into each of the histogram's
 * buckets (`loadtests/runner/histogram.ts`), and what is exact. Null where there are none.
 */
export const distributionSchema = z
  .strictObject({
    sum: z.number(),
    min: z.number(),
    max: z.number(),
    /** Pairs: a bucket, which is the first 21 bits of a double, and how many values are in it. */
    buckets: z.array(count),
  })
  .nullable();

export type Distribution = NonNullable<z.infer<typeof distributionSchema>>;
