import { z } from 'zod';

/** One question the gate asked. */
const verdictRecordSchema = z.strictObject({
  /** Null for what concerns the generator or the whole run. */
  system: z.string().nullable(),
  /** A signal's id; of a system's load `load`, `failedRequests`, `latencyP99`; of the whole run
   * `generatorCpu`, `generatorSchedule`, `threshold:<metric>`, `run`. */
  signal: z.string(),
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  /** Worst value over the hold, in `unit`; null without data. */
  worst: z.number().nullable(),
  limit: z.number().nullable(),
  /** Limit minus worst, in `unit`; null without data, and where the limit is a floor (`load`). */
  headroom: z.number().nullable(),
  unit: z.enum(['percent', 'milliseconds', 'count', 'perSecond']),
  /** One sentence. */
  reason: z.string(),
});

/** What the gate concluded from a run file and the metrics of its hold. */
export const verdictFileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  runId: z.string(),
  stage: z.string(),
  place: z.enum(['local', 'aws']),
  /** A local verdict is a rehearsal: it says nothing of absolute capacity. */
  rehearsal: z.boolean(),
  judgedAt: z.iso.datetime({ precision: 3 }),
  configurationHash: z.string(),
  /** The strongest of the records, in the order of the exit codes: inconclusive, fail, pass. */
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  records: z.array(verdictRecordSchema),
});

export type VerdictFile = z.infer<typeof verdictFileSchema>;
export type VerdictRecord = z.infer<typeof verdictRecordSchema>;
