import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { instant } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const unit = z.enum(['percent', 'milliseconds']);
const answer = z.enum(['crossed', 'notCrossed', 'inconclusive']);

/** A limit that the load has crossed. */
const crossingSchema = z.strictObject({
  /** A signal's id, or of the run itself `apiThrottle`, `failedRequests`, `latencyP99`. */
  signal: z.string(),
  /** Start of the first period at or over the limit. */
  at: instant,
  /** Requests a second that were answered in that period, and that the schedule intended. */
  perSecond: z.number(),
  intendedPerSecond: z.number(),
  value: z.number(),
  limit: z.number(),
  unit,
  /** The last period below the limit before it; null when there was none. */
  before: z.strictObject({ perSecond: z.number(), value: z.number() }).nullable(),
});

/** What was measured over one period. */
const periodSchema = z.strictObject({
  start: instant,
  /** Whether the climb covers all of it: CloudWatch's metrics are read of such periods alone. */
  whole: z.boolean(),
  perSecond: z.number(),
  intendedPerSecond: z.number(),
  /** By signal, in the unit of its limit; null without data. */
  values: z.record(z.string(), z.number().nullable()),
});

/** What a peak before the climb foretold, in requests a second. */
const forecastSchema = z.strictObject({
  /** The peak's. */
  runId: z.string(),
  atLeastPerSecond: z.number().nonnegative(),
  /** The signal that was to be crossed first; null where the peak did not show it. */
  bindsFirst: z.string().nullable(),
  /** Where it was to be crossed, with the bounds of its interval, as in a verdict; null where the peak did not say. */
  likely: z
    .strictObject({
      perSecond: z.number().positive(),
      low: z.number().nonnegative(),
      high: z.number().positive().nullable(),
    })
    .nullable(),
});

const systemSchema = z.strictObject({
  system: z.string(),
  answer,
  /** One sentence. */
  reason: z.string(),
  /** The most requests a second that were answered over one period. */
  seenPerSecond: z.number(),
  /** The first to be crossed first. */
  crossings: z.array(crossingSchema),
  periods: z.array(periodSchema),
  /** Absent where no verdict of the same configuration stood beside the climb, and in answers from before one was
   * looked for. */
  forecast: forecastSchema.optional(),
});

/** At which rate a climb crossed the first limit: an answer, and no verdict that proves a peak. */
export const breakpointFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    ...aboutRunFields,
    answeredAt: instant,
    configurationHash: z.string(),
    periodSeconds: z.number(),
    /** Inconclusive when one of the systems is; crossed when one has crossed a limit. */
    answer,
    /** One sentence. */
    reason: z.string(),
    systems: z.array(systemSchema),
  })
  .meta({ title: 'breakpoint.json: at which rate a climb crossed the first limit' });

export type BreakpointFile = z.infer<typeof breakpointFileSchema>;
export type BreakpointSystem = BreakpointFile['systems'][number];
export type Crossing = BreakpointSystem['crossings'][number];
export type ClimbPeriod = BreakpointSystem['periods'][number];

export const breakpointKind: RecordKind<BreakpointFile> = {
  fileName: 'breakpoint.json',
  schema: breakpointFileSchema,
  indent: 2,
};
