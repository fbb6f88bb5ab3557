import { z } from 'zod';
import { instant, place } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const judgement = z.enum(['pass', 'fail', 'inconclusive']);

/** One question the gate asked. */
const verdictRecordSchema = z.strictObject({
  /** Null for what concerns the generator or the whole run. */
  system: z.string().nullable(),
  /** A signal's id; of a system's load `load`, `failedRequests`, `latencyP99`; of the whole run
   * `generatorCpu`, `generatorSchedule`, `generatorLateness`, `threshold:<metric>`, `run`. */
  signal: z.string(),
  verdict: judgement,
  /** Worst value over the hold, in `unit`; null without data. */
  worst: z.number().nullable(),
  limit: z.number().nullable(),
  /** Limit minus worst, in `unit`; null without data, and where the limit is a floor (`load`). */
  headroom: z.number().nullable(),
  unit: z.enum(['percent', 'milliseconds', 'seconds', 'count', 'perSecond']),
  /** One sentence. */
  reason: z.string(),
});

/** A system that differs from its like, which should carry alike loads: a hint, and no part of the verdict. */
const outlierSchema = z.strictObject({
  /** As in the records. */
  signal: z.string(),
  system: z.string(),
  /** The system's mean over the hold (of `latencyP99` and `failedRequests` the record's value), in `unit`. */
  value: z.number(),
  /** The fleet's median, in `unit`. */
  median: z.number(),
  /** Robust z-score: how far from the median, in spreads of the fleet; its sign says to which side. */
  score: z.number(),
  unit: z.enum(['percent', 'milliseconds', 'count', 'perSecond', 'seconds', 'score']),
});

/** How far a system's reserve reaches: an estimate, and no part of the verdict. */
const capacitySchema = z.strictObject({
  system: z.string(),
  /** The most requests a second that were answered over one period. */
  seenPerSecond: z.number(),
  /** The resource that reaches its limit first; null where none surely grew with the load. */
  bindsFirst: z
    .strictObject({
      signal: z.string(),
      /** In percent. */
      limit: z.number(),
      /** Requests a second at which it is reached, and the bounds of the 90 % confidence interval. */
      atPerSecond: z.number(),
      lowPerSecond: z.number(),
      highPerSecond: z.number(),
    })
    .nullable(),
});

/** Load and use that disagree, the sign of a bug or of a leak: a hint, and no part of the verdict. */
const loadMismatchSchema = z.strictObject({
  system: z.string(),
  signal: z.string(),
  /** `atNoLoad`: used where the line through load and use has no load; `atConstantLoad`: grew over the hold. */
  kind: z.enum(['atNoLoad', 'atConstantLoad']),
  /** In percent: at no load, or at the hold's beginning. */
  from: z.number(),
  /** In percent: at the most load seen, or at the hold's end. */
  to: z.number(),
});

/** What to change to regain the reserve. */
const adviceSchema = z.strictObject({
  /** As the fleet's configuration names it. */
  setting: z.string(),
  from: z.number(),
  /** At least. */
  to: z.number(),
  /** The system that needs most, and its signal that failed. */
  system: z.string(),
  signal: z.string(),
});

/** What the gate concluded from a run file and the metrics of its hold. */
export const verdictFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    runId: z.string(),
    stage: z.string(),
    place,
    rehearsal: z.boolean(),
    judgedAt: instant,
    configurationHash: z.string(),
    /** Whole periods of metrics in the hold, which the verdict is about. Absent in verdicts from before they were counted. */
    heldPeriods: z.number().int().nonnegative().optional(),
    /** What is proven to have failed has failed, whatever else is not known: fail, inconclusive, pass. Inconclusive
     * where the generator's own doing may be what failed. */
    verdict: judgement,
    records: z.array(verdictRecordSchema),
    /** The farthest first. Absent in verdicts from before it was compared. */
    standingOut: z.array(outlierSchema).optional(),
    /** One of each system. Absent in verdicts from before it was estimated. */
    capacity: z.array(capacitySchema).optional(),
    disagreements: z.array(loadMismatchSchema).optional(),
    advice: z.array(adviceSchema).optional(),
  })
  .meta({ title: 'verdict.json: what the gate concluded from a run' });

export type VerdictFile = z.infer<typeof verdictFileSchema>;
export type VerdictRecord = z.infer<typeof verdictRecordSchema>;
export type Outlier = z.infer<typeof outlierSchema>;
export type Capacity = z.infer<typeof capacitySchema>;
export type LoadMismatch = z.infer<typeof loadMismatchSchema>;
export type Advice = z.infer<typeof adviceSchema>;

export const verdictKind: RecordKind<VerdictFile> = {
  fileName: 'verdict.json',
  schema: verdictFileSchema,
  indent: 2,
};
