import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { count } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const answer = z.enum(['recovered', 'notRecovered', 'inconclusive']);

/** What a system answered over a stretch of a run. */
const answersSchema = z.strictObject({
  requests: count,
  failed: count,
  /** 95th percentile of all its answers, in milliseconds; null without any, and where the run file tells none. */
  latencyP95Ms: z.number().nullable(),
});

const systemSchema = z.strictObject({
  system: z.string(),
  answer,
  /** One sentence. */
  reason: z.string(),
  before: answersSchema,
  during: answersSchema,
  after: answersSchema,
  /** From the spike's end until answers were as before for a few seconds; null when they never were. */
  backAfterSeconds: z.number().nullable(),
});

/**
 * Whether each system answers after a spike as it did before. It follows from the run file alone. Version 1 called the
 * median of the seconds' 95th percentiles one.
 */
export const recoveryFileSchema = z
  .strictObject({
    schemaVersion: z.literal(2),
    ...aboutRunFields,
    configurationHash: z.string(),
    /** What is proven not to have recovered has not, whatever else is not known: notRecovered, inconclusive, recovered. */
    answer,
    systems: z.array(systemSchema),
  })
  .meta({ title: 'recovery.json: whether the systems recovered from a spike' });

export type RecoveryFile = z.infer<typeof recoveryFileSchema>;
export type SystemRecovery = RecoveryFile['systems'][number];
export type Answers = SystemRecovery['before'];

export const recoveryKind: RecordKind<RecoveryFile> = {
  fileName: 'recovery.json',
  schema: recoveryFileSchema,
  indent: 2,
};
