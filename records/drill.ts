import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../core/writeWhole.ts';
import { describeError } from '../core/describeError.ts';
import { DrillFileError } from './errors.ts';

/** Name of the result in a drill's directory. */
export const drillFileName = 'drill.json';

const instant = z.iso.datetime({ precision: 3 });
const count = z.number().int().nonnegative();
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

/** What one drill found: raw enough to be judged and drawn again. */
export const drillResultSchema = z.strictObject({
  schemaVersion: z.literal(1),
  drillId: z.string(),
  drill: z.string(),
  hypothesis: z.string(),
  stage: z.string(),
  place: z.enum(['local', 'aws']),
  /** A drill on this machine is a rehearsal: no deployment accepts it. */
  rehearsal: z.boolean(),
  periodSeconds: z.number().positive(),
  systems: z.array(z.string()),
  verdict: z.enum(['passed', 'failed', 'invalid', 'interrupted']),
  /** One sentence. */
  reason: z.string(),
  /** Null: no fault was injected. False: it may still be in place, see `headroom chaos restore`. */
  restored: z.boolean().nullable(),
  /** The steps taken, in order; UTC, end exclusive. */
  timeline: z.array(z.strictObject({ step: stepName, start: instant, end: instant })),
  expectations: z.array(expectationSchema),
  /** Where the messages ended; empty when the drill did not come so far. */
  messages: z.array(messagesSchema),
});

export type DrillResult = z.infer<typeof drillResultSchema>;
export type ExpectationRecord = z.infer<typeof expectationSchema>;

/**
 * Writes the result so that a reader finds the whole of it or nothing.
 * @throws DrillFileError, with nothing left behind.
 */
export async function writeDrillFile(path: string, result: DrillResult): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    throw new DrillFileError(path, `cannot be written: ${describeError(error)}`, { cause: error });
  }
}

/** @throws DrillFileError when it is not there, or not what a drill writes. */
export async function readDrillFile(path: string): Promise<DrillResult> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new DrillFileError(path, `cannot be read: ${describeError(error)}`, { cause: error });
  }
  const result = drillResultSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new DrillFileError(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected shape'}`, {
    cause: result.error,
  });
}
