import { z } from 'zod';
import { instant, place } from './fields.ts';
import type { RecordFormat } from './recordKind.ts';

/** A load test or drill under way on this machine: its marker is there as long as it runs. */
export const runningSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    kind: z.enum(['load', 'drill']),
    /** The profile's or the drill's. */
    name: z.string(),
    stage: z.string(),
    place,
    /** Where its files go, below the state directory's runs/. */
    runId: z.string(),
    startedAt: instant,
    /** Ramp and hold of a load test, as planned; null where nothing is: a smoke test, a drill. */
    plannedSeconds: z.strictObject({ ramp: z.number(), hold: z.number() }).nullable(),
    /** The process that runs it: its marker counts for nothing when it is dead. */
    process: z.string(),
  })
  .meta({ title: 'running/*.json: a load test or drill under way' });

export type Running = z.infer<typeof runningSchema>;

/** Each in a file of its own below the state directory's running/, by any name. */
export const runningFormat: RecordFormat<Running> = { schema: runningSchema, indent: 0 };
