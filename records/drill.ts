import { z } from 'zod';
import { count, instant, place } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const stepName = z.enum(['steady', 'inject', 'observe', 'restore', 'recover', 'settle']);

const expectationSchema = z.strictObject({
  step: stepName,
  id: z.string(),
  title: z.string(),
  system: z.string(),
  unit: z.enum(['milliseconds', 'percent', 'count']),
  /** `measured` is held to `limit` by it. */
  relation: z.enum(['<=', '>=']),
  limit: z.number(),
  /** Null: nothing was measured. */
  measured: z.number().nullable(),
  /** `undecided`: no data, or the step was cut short. Never counts as met. */
  outcome: z.enum(['met', 'unmet', 'undecided']),
});

const messagesSchema = z.strictObject({
  system: z.string(),
  /** Distinct ids whose publication was acknowledged; = stored + deadLettered + lost. */
  published: count,
  stored: count,
  deadLettered: count,
  lost: count,
  duplicated: count,
  /** Ids of which nobody knows whether SNS took them; counted nowhere else. */
  unresolved: count,
  /** Messages that can never succeed, in a drill that publishes some; counted nowhere else. */
  poison: z
    .strictObject({
      published: count,
      /** Seen in the dead-letter queue. */
      deadLettered: count,
      /** Wrongly in the table. */
      stored: count,
      /** In the dead-letter queue after the drill had taken its own away. */
      left: count,
    })
    .optional(),
  examples: z.strictObject({ lost: z.array(count), duplicated: z.array(count) }),
});

/** A value when it was seen to change, in seconds since the drill's start. */
const changesOf = <Value extends z.ZodType>(value: Value) =>
  z.array(z.strictObject({ second: z.number().nonnegative(), value }));

/** What one system did meanwhile, on one time axis: seconds since the drill's start. */
const seenSchema = z.strictObject({
  system: z.string(),
  /** Answers by kind, in the seconds in which requests began that had any; every answer is one kind. */
  answers: z.array(
    z.strictObject({
      second: count,
      right: count,
      /** A 200 with a body other than the one asked for. */
      wrong: count,
      /** 503. */
      unavailable: count,
      /** 429. */
      refused: count,
      /** Any other status, and none. */
      other: count,
    }),
  ),
  /** Messages in the subscriber's queue. */
  queue: changesOf(count),
  /** Database sessions of the service's users. */
  connections: changesOf(count),
  page: changesOf(z.enum(['quiet', 'paged', 'held back'])),
  errorAlarm: changesOf(z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA'])),
  /** Connections opened in a second; those seconds alone in which any was. */
  openings: changesOf(count),
});

/** What a drill may conclude. */
export const drillVerdict = z.enum(['passed', 'failed', 'invalid', 'interrupted']);

/** What one drill found: raw enough to be judged and drawn again. */
export const drillResultSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    drillId: z.string(),
    drill: z.string(),
    hypothesis: z.string(),
    stage: z.string(),
    place,
    rehearsal: z.boolean(),
    periodSeconds: z.number().positive(),
    systems: z.array(z.string()),
    /** How many systems the stage has, and how the drilled ones were chosen; absent in files from before it was told. */
    scope: z
      .strictObject({
        stageSystems: count,
        /** Null: they were named, or all of them were meant. */
        share: z.strictObject({ percent: z.number().positive(), seed: z.string() }).nullable(),
      })
      .optional(),
    verdict: drillVerdict,
    /** One sentence. */
    reason: z.string(),
    /** Null: no fault was injected. False: it may still be in place, see `headroom chaos restore`. */
    restored: z.boolean().nullable(),
    /** The steps taken, in order; UTC, end exclusive. */
    timeline: z.array(z.strictObject({ step: stepName, start: instant, end: instant })),
    expectations: z.array(expectationSchema),
    /** Of adopted systems what was not asked, since the configuration names nothing to ask. Absent where all was. */
    unasked: z
      .array(z.strictObject({ system: z.string(), lacks: z.string(), titles: z.array(z.string()).min(1) }))
      .optional(),
    /** What was seen of each system; absent in files from before it was written. */
    seen: z.array(seenSchema).optional(),
    /** Where the messages ended; empty when the drill did not come so far. */
    messages: z.array(messagesSchema),
  })
  .meta({ title: 'drill.json: what a drill found' });

export type DrillResult = z.infer<typeof drillResultSchema>;
export type SeenSystem = z.infer<typeof seenSchema>;
export type ExpectationRecord = z.infer<typeof expectationSchema>;

export const drillKind: RecordKind<DrillResult> = {
  fileName: 'drill.json',
  schema: drillResultSchema,
  indent: 2,
};
