import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { count, instant, latencyMs } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const mebibytes = z.number().int().positive();

/** What invocations of one size showed. Times are of Lambda's own report of each, without the way to it. */
const measuredSchema = z.strictObject({
  memoryMiB: mebibytes,
  /** Calls by what became of them: `answered` rightly, and told of by a report that says so. */
  calls: z.strictObject({
    intended: count,
    answered: count,
    /** Of these, those that an environment began with: in no figure but `coldStartMs`. */
    cold: count,
    /** Lambda had no room. */
    throttled: count,
    /** Answered with an error, or with another answer than the right one. */
    failed: count,
    /** Never sent: all that may run at once were under way. */
    dropped: count,
    /** Answered rightly, but without a report of the right version and size. */
    unreported: count,
  }),
  /** Of warm invocations. */
  durationMs: latencyMs,
  /** Mean of what is paid for, in milliseconds, warm; null without any. */
  billedMs: z.number().nullable(),
  /** What a million requests cost, warm, at `prices` of infra/plan; null without any. */
  usdAMillion: z.number().nullable(),
  /** Initialisation and first answer together, at the longest; null without a cold start. */
  coldStartMs: z.number().nullable(),
  /** The most memory that an environment has used, of all invocations, a largest batch included; null without any. */
  usedMiB: z.number().nullable(),
  /** Share of a warm invocation that is computed and not waited, in percent; null where it cannot be told. */
  cpuPercent: z.number().nullable(),
  /** Whether 20 % of the memory were left; null without a report. */
  keepsReserve: z.boolean().nullable(),
  /** Why nothing is to be concluded of this size, each a sentence; empty where nothing speaks against it. */
  doubts: z.array(z.string()),
});

/** What a function takes and costs at several memory sizes, under the same load. */
export const sizeFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    ...aboutRunFields,
    system: z.string(),
    /** Absent in records from before the subscriber could be measured: the API's. */
    function: z.enum(['api', 'subscriber']).optional(),
    functionName: z.string(),
    configurationHash: z.string(),
    architecture: z.enum(['arm64', 'x86_64']),
    /** Of the load: the first call until the last answer. */
    window: z.strictObject({ start: instant, end: instant }),
    /** Calls a second of each size. */
    requestsPerSecond: z.number().positive(),
    /** Messages of the subscriber's calls; absent where a call is a request. */
    batch: z
      .strictObject({
        /** Of each call of the load. */
        messages: z.number().int().positive(),
        /** Of one call of each size after the load, where it is more: the largest batch that there can be. */
        largest: z.number().int().positive(),
      })
      .optional(),
    /** Calls of a size that may be under way at once. */
    atOnce: z.number().int().positive(),
    presentMiB: mebibytes,
    sizes: z.array(measuredSchema),
    /** Of the sizes that nothing speaks against; null without any. */
    answer: z
      .strictObject({
        cheapestMiB: mebibytes,
        /** Whose cost cannot be told from the cheapest's. */
        asCheapMiB: z.array(mebibytes),
        quickestMiB: mebibytes,
        asQuickMiB: z.array(mebibytes),
        /** The cheapest of those that keep 20 % of their memory; null where none does. */
        adviceMiB: mebibytes.nullable(),
        /** What it costs more a month than the present size at the expected peak, in USD; null where either is unknown. */
        usdAMonth: z.number().nullable(),
      })
      .nullable(),
  })
  .meta({ title: 'size.json: what a function takes and costs at several memory sizes' });

export type SizeFile = z.infer<typeof sizeFileSchema>;
export type MeasuredSize = SizeFile['sizes'][number];

export const sizeKind: RecordKind<SizeFile> = { fileName: 'size.json', schema: sizeFileSchema, indent: 2 };
