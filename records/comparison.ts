import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { instant, place } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

/** One figure of both runs, of one system or of all together. */
const comparedSchema = z.strictObject({
  /** Null for all systems together: their mean. */
  system: z.string().nullable(),
  /** `latencyP50`, `latencyP95` or `latencyP99` of a typical second; `failedRequests`, `failedMessages`; or a signal's id. */
  measure: z.string(),
  unit: z.enum(['milliseconds', 'percent']),
  /** Of the baseline, in `unit`. */
  from: z.number(),
  /** Of the run. */
  to: z.number(),
  /** Bounds of `to`, were the baseline exactly as it was: within them it lies in 95 of 100 cases. */
  low: z.number(),
  high: z.number(),
  /** How often chance alone makes two runs differ so much, 0–1. */
  chance: z.number(),
  /**
   * `same`: within the spread of both. `better`, `worse`: a difference. `regression`: worse, and beyond the bound.
   */
  answer: z.enum(['same', 'better', 'worse', 'regression']),
});

const headroomSchema = z.strictObject({
  system: z.string(),
  atLeast: z.strictObject({ from: z.number(), to: z.number() }),
  /** Null where one of the runs does not say where the limit is. */
  likely: z.strictObject({ from: z.number(), to: z.number() }).nullable(),
  bindsFirst: z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }),
  /** As above, by the intervals of `likely`: a difference is where they do not overlap. `unknown` without both. */
  answer: z.enum(['same', 'better', 'worse', 'regression', 'unknown']),
});

/** What one run has to tell of another: `headroom compare`. */
export const comparisonFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    ...aboutRunFields,
    comparedAt: instant,
    baseline: z.strictObject({
      runId: z.string(),
      stage: z.string(),
      place,
      start: instant,
      commit: z.string().nullable(),
    }),
    /** What is worse by so much is a regression, in percent. */
    regressionPercent: z.number().positive(),
    answer: z.enum(['noRegression', 'regression', 'inconclusive']),
    /** One sentence. */
    reason: z.string(),
    /** What else differs between the runs, and what could not be compared: a sentence each. */
    notes: z.array(z.string()),
    compared: z.array(comparedSchema),
    headroom: z.array(headroomSchema),
  })
  .meta({ title: 'comparison.json: how a run differs from an earlier one' });

export type ComparisonFile = z.infer<typeof comparisonFileSchema>;
export type Compared = z.infer<typeof comparedSchema>;
export type ComparedHeadroom = z.infer<typeof headroomSchema>;

export const comparisonKind: RecordKind<ComparisonFile> = {
  fileName: 'comparison.json',
  schema: comparisonFileSchema,
  indent: 2,
};
