import { z } from 'zod';
import type { BreakpointRecord, DrillRecord, RecoveryRecord, RunRecord, VerdictRecord } from '../wire.ts';

/**
 * What the console reads of the files that load tests, gate and drills leave. They are written by rooms to
 * the right of this one, so that only what is shown is asked for here, and the rest may change.
 */

const instant = z.iso.datetime();
const window = z.object({ start: instant, end: instant });
const latency = z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() }).nullable();
/** Kept as it is: copies of objects whose keys are numbers take a gigabyte for the seconds of a day. */
const countsByStatus = z.custom<Record<string, number>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    z.array(z.number()).safeParse(Object.values(value)).success,
);
const identity = { stage: z.string(), place: z.string() };

export const runSchema = z.object({
  ...identity,
  profile: z.string(),
  paced: z.boolean().default(true),
  engine: z.object({ name: z.string(), version: z.string() }),
  commit: z.string().nullable(),
  windows: z.object({ run: window, ramp: window, hold: window }),
  systems: z.array(
    z.object({
      system: z.string(),
      hold: z.object({
        intendedPerSecond: z.number(),
        achievedPerSecond: z.number(),
        requests: z.number(),
        failed: z.number(),
        droppedIterations: z.number(),
        latencyMs: latency,
      }),
      series: z.array(z.object({ second: z.number(), statuses: countsByStatus, latencyMs: latency })),
    }),
  ),
  checks: z.array(z.object({ name: z.string(), passes: z.number(), fails: z.number() })),
  thresholds: z.array(
    z.object({ metric: z.string(), expression: z.string(), ok: z.boolean(), value: z.number().nullable() }),
  ),
  generator: z.object({
    cpuPercent: z.number().nullable(),
    lateIterations: z.number().nullable(),
    droppedIterations: z.number(),
  }),
  complete: z.boolean(),
  reason: z.string().nullable(),
  abortedBy: z.object({ metric: z.string(), expression: z.string() }).optional(),
}) satisfies z.ZodType<RunRecord>;

const judgement = z.enum(['pass', 'fail', 'inconclusive']);

export const verdictSchema = z.object({
  verdict: judgement,
  judgedAt: instant,
  records: z.array(
    z.object({
      system: z.string().nullable(),
      signal: z.string(),
      verdict: judgement,
      worst: z.number().nullable(),
      limit: z.number().nullable(),
      headroom: z.number().nullable(),
      unit: z.string(),
      reason: z.string(),
    }),
  ),
  standingOut: z
    .array(
      z.object({
        signal: z.string(),
        system: z.string(),
        value: z.number(),
        median: z.number(),
        score: z.number(),
        unit: z.string(),
      }),
    )
    .optional(),
  capacity: z
    .array(
      z.object({
        system: z.string(),
        seenPerSecond: z.number(),
        bindsFirst: z
          .object({
            signal: z.string(),
            limit: z.number(),
            atPerSecond: z.number(),
            lowPerSecond: z.number(),
            highPerSecond: z.number(),
          })
          .nullable(),
      }),
    )
    .optional(),
  disagreements: z
    .array(
      z.object({
        system: z.string(),
        signal: z.string(),
        kind: z.enum(['atNoLoad', 'atConstantLoad']),
        from: z.number(),
        to: z.number(),
      }),
    )
    .optional(),
  advice: z
    .array(
      z.object({
        setting: z.string(),
        from: z.number(),
        to: z.number(),
        system: z.string(),
        signal: z.string(),
      }),
    )
    .optional(),
}) satisfies z.ZodType<VerdictRecord>;

const answers = z.object({
  requests: z.number(),
  failed: z.number(),
  latencyP95Ms: z.number().nullable(),
});

export const recoverySchema = z.object({
  answer: z.enum(['recovered', 'notRecovered', 'inconclusive']),
  systems: z.array(
    z.object({
      system: z.string(),
      answer: z.string(),
      reason: z.string(),
      before: answers,
      during: answers,
      after: answers,
      backAfterSeconds: z.number().nullable(),
    }),
  ),
}) satisfies z.ZodType<RecoveryRecord>;

export const breakpointSchema = z.object({
  answer: z.enum(['crossed', 'notCrossed', 'inconclusive']),
  reason: z.string(),
  systems: z.array(
    z.object({
      system: z.string(),
      answer: z.string(),
      reason: z.string(),
      seenPerSecond: z.number(),
      crossings: z.array(
        z.object({
          signal: z.string(),
          perSecond: z.number(),
          value: z.number(),
          limit: z.number(),
          unit: z.string(),
          before: z.object({ perSecond: z.number(), value: z.number() }).nullable(),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<BreakpointRecord>;

const count = z.number();

export const drillSchema = z.object({
  ...identity,
  drill: z.string(),
  hypothesis: z.string(),
  verdict: z.string(),
  reason: z.string(),
  restored: z.boolean().nullable(),
  timeline: z.array(z.object({ step: z.string(), start: instant, end: instant })),
  expectations: z.array(
    z.object({
      step: z.string(),
      title: z.string(),
      system: z.string(),
      unit: z.string(),
      relation: z.string(),
      limit: z.number(),
      measured: z.number().nullable(),
      outcome: z.string(),
    }),
  ),
  messages: z.array(
    z.object({
      system: z.string(),
      published: count,
      stored: count,
      deadLettered: count,
      lost: count,
      duplicated: count,
      unresolved: count,
      poison: z.object({ published: count, deadLettered: count, stored: count, left: count }).optional(),
    }),
  ),
}) satisfies z.ZodType<DrillRecord>;

/** Lines of a drill's journal. */
export const journalLineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begin'), at: instant, drill: z.string(), ...identity }),
  z.object({
    kind: z.literal('intent'),
    at: instant,
    sequence: z.number(),
    step: z.string(),
    inverse: z.unknown().nullable(),
  }),
  z.object({ kind: z.literal('undone'), at: instant, sequence: z.number() }),
  z.object({ kind: z.literal('end'), at: instant }),
]);
