import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { instant } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const judgement = z.enum(['pass', 'fail', 'inconclusive']);

/** One question the gate asked. */
const verdictRecordSchema = z.strictObject({
  /** Null for what concerns the generator or the whole run. */
  system: z.string().nullable(),
  /** A signal's id; of a system's load `load`, `failedRequests`, `latencyP99`, `messageLoad`, `failedMessages`,
   * `unstored`, `sameLoad`; of the whole run
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

/** Of an adopted system what its configuration leaves out: not part of the verdict, which says nothing of it. */
const unaskedSchema = z.strictObject({
  system: z.string(),
  /** As the configuration names it: `adopt.reservedConcurrency`. */
  lacks: z.string(),
  /** As in the records. */
  signals: z.array(z.string()).min(1),
});

/** A system that differs from its like, which should carry similar loads: a hint, and not part of the verdict. */
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

/** One resource's share in it. Multiples are of the whole expected peak, requests and messages together. */
const resourceHeadroomSchema = z.strictObject({
  /** Its signal's id. */
  signal: z.string(),
  /**
   * With 95 % confidence so much keeps the reserve in 19 of 20 periods; 0 without data. Never more than the run
   * tells.
   */
  atLeast: z.number().nonnegative(),
  /** Where that comes from: `loadtests/gate/headroom/atLeast.ts`. */
  basis: z.enum(['law', 'proportion', 'carried', 'overLimit', 'farthest', 'noData']),
  /** At which a typical period reaches the limit; null where the run does not say. */
  likely: z
    .strictObject({
      value: z.number().positive(),
      /** The bounds of its interval, at 95 % each; `high` is null where it is farther than the run tells. */
      low: z.number().nonnegative(),
      high: z.number().positive().nullable(),
    })
    .nullable(),
  /** Whether the limit lies farther than a run tells. */
  beyondSeen: z.boolean(),
  /** Whether it grew while the load stood: then it is not the load that fills it. */
  growsWithTime: z.boolean(),
});

/** One resource over the load: a point a period that was measured, and the law that fits them. */
const useOverLoadSchema = z.strictObject({
  signal: z.string(),
  /** At multiples of the expected peak, ascending; `held` is of the hold, the others of the ramp. In percent. Of more than
   * 200 periods those that used least and most at like loads. */
  points: z.array(z.strictObject({ load: z.number().nonnegative(), percent: z.number(), held: z.boolean() })),
  /** What a typical period uses, from no load on; null where no load explains it, or the run is in doubt. */
  fit: z.array(z.strictObject({ load: z.number().nonnegative(), percent: z.number() })).nullable(),
});

/** How many times its whole expected peak a system carries: a forecast, and not part of the verdict. */
const systemHeadroomSchema = z.strictObject({
  system: z.string(),
  /** For people: one sentence without its system. */
  summary: z.string(),
  /** The most of the peak that a period had. */
  seen: z.number().nonnegative(),
  /** What every resource carries of which anything was measured. */
  atLeast: z.number().nonnegative(),
  /** The signal of the resource that allows no more; null where nothing was measured. */
  boundBy: z.string().nullable(),
  /** The signal of the resource whose limit comes first; null where the run does not show it. */
  bindsFirst: z.string().nullable(),
  /**
   * Of the resource that binds first; where that is not shown, of the nearest limit that is known, or of what is proven
   * least. Null where nothing was measured, absent in verdicts from before it was written.
   */
  useOverLoad: useOverLoadSchema.nullable().optional(),
  resources: z.array(resourceHeadroomSchema),
});

/** Load and use that disagree, the sign of a bug or of a leak: a hint, and not part of the verdict. */
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

/** What the measured load needs to keep the reserve at the whole peak, where that is not what the stage has. */
const adviceSchema = z.strictObject({
  /** As the fleet's configuration names it. */
  setting: z.string(),
  from: z.number(),
  /** Above `from` where a system needs it, and null where the run does not tell how much; below it where every
   * system has enough with less. */
  to: z.number().nullable(),
  /** The system that needs most, and its signal. */
  system: z.string(),
  signal: z.string(),
  /** What a month of the whole stage then costs more, or less (below zero), in USD; null where nothing says. */
  usdAMonth: z.number().nullable(),
  /** Why nobody knows what it costs, where that is by its nature. */
  unpriced: z.string().optional(),
});

/** What a system used of a resource over the hold. */
const useSchema = z.strictObject({
  system: z.string(),
  /** The resource's signal. */
  signal: z.string(),
  /** In percent: means of at most twenty equal stretches of held periods, in order; periods without a value left out. */
  blocks: z.array(z.number()),
});

/** What the gate concluded from a run file and the metrics of its hold. */
export const verdictFileSchema = z
  .strictObject({
    schemaVersion: z.literal(2),
    ...aboutRunFields,
    judgedAt: instant,
    configurationHash: z.string(),
    /** Whole periods of metrics in the hold, which the verdict is about. Absent in verdicts from before they were counted. */
    heldPeriods: z.number().int().nonnegative().optional(),
    /** What is proven to have failed has failed, whatever else is not known: fail, inconclusive, pass. Inconclusive
     * where the generator's own doing may be what failed. */
    verdict: judgement,
    records: z.array(verdictRecordSchema),
    /** Questions that were not asked of a system, since it lacks what they are asked of. Absent where all were. */
    unasked: z.array(unaskedSchema).optional(),
    /**
     * Why the run was not asked whether it kept its schedule: no part of the verdict, and no pass. Absent where it was, and
     * in verdicts from before any was not.
     */
    noSchedule: z.string().optional(),
    /** The farthest first. Absent in verdicts from before it was compared. */
    standingOut: z.array(outlierSchema).optional(),
    /** One of each system. */
    headroom: z.array(systemHeadroomSchema),
    disagreements: z.array(loadMismatchSchema).optional(),
    advice: z.array(adviceSchema).optional(),
    /** What a comparison with another run reads. Absent in verdicts from before it was kept. */
    uses: z.array(useSchema).optional(),
  })
  .meta({ title: 'verdict.json: what the gate concluded from a run' });

export type VerdictFile = z.infer<typeof verdictFileSchema>;
export type VerdictRecord = z.infer<typeof verdictRecordSchema>;
export type Outlier = z.infer<typeof outlierSchema>;
export type SystemHeadroomRecord = z.infer<typeof systemHeadroomSchema>;
export type LoadMismatch = z.infer<typeof loadMismatchSchema>;
export type Advice = z.infer<typeof adviceSchema>;

export const verdictKind: RecordKind<VerdictFile> = {
  fileName: 'verdict.json',
  schema: verdictFileSchema,
  indent: 2,
};
