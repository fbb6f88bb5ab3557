import { z } from 'zod';

/**
 * Values of which percentiles are asked once they are together with others: how many fell into each of the histogram's
 * buckets (`loadtests/runner/histogram.ts`), and what is exact. Null where there are none.
 */
export const distributionSchema = z
  .strictObject({
    sum: z.number(),
    min: z.number(),
    max: z.number(),
    /**
     * The buckets with values, ascending: how far each is from the one before (from 0 at first) in base 36, and how many
     * values it has where that is more than one: `nwg0 1 2*3`. A bucket's number is the first 21 bits of a double. Text,
     * since a long run has one for each stretch of each system, and a list of numbers takes eight times the room.
     */
    buckets: z.string().regex(/^[0-9a-z]{1,5}(\*[0-9]{1,15})?( [0-9a-z]{1,5}(\*[0-9]{1,15})?)*$/),
  })
  .nullable();

export type Distribution = NonNullable<z.infer<typeof distributionSchema>>;
