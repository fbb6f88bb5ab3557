import { z } from 'zod';
import { count, place } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

/** A load that was exported for generators elsewhere: what `headroom collect` reads their points by. */
export const exportFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    /** Of the run that it becomes; all points carry it as the tag `headroom_run`. */
    runId: z.string(),
    profile: z.string(),
    /** As in the run's record; in exports from before it was written it follows from the profile. */
    judged: z.enum(['evidence', 'verdict']).nullable().optional(),
    stage: z.string(),
    place,
    commit: z.string().nullable(),
    /** SHA-256 of the checked fleet configuration. */
    configurationHash: z.string(),
    release: z.string().optional(),
    rampSeconds: z.number(),
    holdSeconds: z.number(),
    /** Of the stage's metrics. */
    periodSeconds: z.number().int().positive(),
    /** Under load. */
    systems: z.array(z.string()),
    firstMessageId: count,
    /** Segments of equal parts, one an instance: the first is that of the instance with the tag `instance_id=1`. */
    instances: z.number().int().positive(),
    /** What the script beside it reads, `load.js`; nothing secret. */
    environment: z.record(z.string(), z.string()),
  })
  .meta({ title: 'export.json: a load test that was exported for generators elsewhere' });

export type ExportFile = z.infer<typeof exportFileSchema>;

export const exportKind: RecordKind<ExportFile> = {
  fileName: 'export.json',
  schema: exportFileSchema,
  indent: 2,
};
