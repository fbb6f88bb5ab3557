import { z } from 'zod';
import { distributionSchema } from './distribution.ts';
import { count, instant } from './fields.ts';
import { longListOf } from './longList.ts';
import type { RecordKind } from './recordKind.ts';
import { runFileSchema } from './run.ts';

/** What a threshold's metric came to on one instance, so that the threshold can be judged over all of them. */
const measuredSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('counter'), count: z.number() }),
  z.strictObject({ type: z.literal('gauge'), value: z.number().nullable() }),
  z.strictObject({ type: z.literal('rate'), trues: count, total: count }),
  z.strictObject({ type: z.literal('trend'), values: distributionSchema }),
]);

/** One instance's part of a load test: what it measured, and the latencies that percentiles of the whole are made of. */
export const partFileSchema = z
  .strictObject({
    /** 2: buckets are told as text. */
    schemaVersion: z.literal(2),
    /** As k6 takes them: which part of the run this is, and what all of them are. */
    segment: z.string(),
    sequence: z.string(),
    /** The part as if it were the run; its thresholds have seen no more than the part. */
    run: runFileSchema,
    /** As the script has them. */
    thresholds: z.array(
      z.strictObject({ metric: z.string(), expression: z.string(), measured: measuredSchema }),
    ),
    /** In milliseconds, of each system. */
    latencies: z.array(
      z.strictObject({
        system: z.string(),
        hold: distributionSchema,
        before: distributionSchema.optional(),
        after: distributionSchema.optional(),
        /** Of the seconds with an answer, or the longer stretches that the run's series has. */
        seconds: longListOf(z.strictObject({ second: count, latencies: distributionSchema })),
        periods: z.array(z.strictObject({ start: instant, latencies: distributionSchema })),
        /** Of the calls of SNS in the hold. */
        messages: distributionSchema,
      }),
    ),
    /** How late iterations began by the generator's own doing, in milliseconds; null where the engine does not tell. */
    lateness: distributionSchema,
  })
  .meta({ title: 'part.json: what one instance of a load test measured, for `headroom collect`' });

export type PartFile = z.infer<typeof partFileSchema>;

export const partKind: RecordKind<PartFile> = { fileName: 'part.json', schema: partFileSchema, indent: 0 };
