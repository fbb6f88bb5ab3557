import { z } from 'zod';
import { count, instant, latencyMs, place } from './fields.ts';
import { longListOf } from './longList.ts';
import type { RecordKind } from './recordKind.ts';

const window = z
  .strictObject({ start: instant, end: instant })
  .meta({ id: 'window', description: 'UTC, start inclusive, end exclusive' });

/**
 * Checked, and kept as it is: an object whose keys are numbers has room for all numbers below, and a copy for
 * each second of a day would take a gigabyte.
 */
const countsByStatus = z
  .custom<Record<string, number>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      z.array(count).safeParse(Object.values(value)).success,
    { error: 'expected whole numbers by HTTP status' },
  )
  .meta({ type: 'object', additionalProperties: z.toJSONSchema(count) });

/**
 * One second of one system, or one longer stretch (`seriesSeconds`): requests where they began, iterations where they
 * were to begin.
 */
const secondSchema = z.strictObject({
  /** Whole seconds since the run's start; of a stretch its first. */
  second: count,
  /** Iterations the schedule intended to start in this second. */
  intended: count,
  /** Iterations no virtual user was free for. */
  dropped: count,
  /** Answers by HTTP status; `0` is a request without an answer. */
  statuses: countsByStatus,
  failedChecks: count,
  /** Requests that a check or a status calls failed; absent for none, and in files from before it was written. */
  failed: count.optional(),
  latencyMs,
});

/** What was asked and answered over a stretch of the run, by when requests began. */
const stretchSchema = z.strictObject({
  requests: count,
  /** Requests that a check or a status calls failed. */
  failed: count,
  /** Percentiles of all its answers, within 0.1 %; the maximum exact. */
  latencyMs,
});

/** Ids that follow each other, first and last included. */
const idRange = z.strictObject({ first: count, last: count });

/**
 * One second of one system's messages, or one longer stretch (`seriesSeconds`): where they were made, and where they
 * were to be. Absent is none.
 */
const messageSecondSchema = z.strictObject({
  /** Whole seconds since the run's start; of a stretch its first. */
  second: count,
  /** Messages the schedule intended to publish in this second. */
  intended: count,
  /** Of these, no virtual user was free for. */
  dropped: count.optional(),
  acknowledged: count.optional(),
  failed: count.optional(),
  unresolved: count.optional(),
});

const messagesSchema = z.strictObject({
  /** Messages in one call of SNS, and so in one iteration. */
  batchSize: z.number().int().positive(),
  /** Over the hold window. */
  hold: z.strictObject({
    intendedPerSecond: z.number(),
    /** Those that SNS acknowledged. */
    achievedPerSecond: z.number(),
    /** SNS has taken them. */
    acknowledged: count,
    /** SNS has refused them. */
    failed: count,
    /** There was no answer, or an error of SNS's own: nobody knows whether it has them. */
    unresolved: count,
    dropped: count,
    /** Of the calls that were answered. Percentiles within 0.1 %, the maximum exact. */
    latencyMs,
  }),
  /** Over the whole run, ascending. */
  acknowledgedIds: z.array(idRange),
  unresolvedIds: z.array(idRange),
  series: longListOf(messageSecondSchema),
});

const systemRunSchema = z.strictObject({
  system: z.string(),
  /** Over the hold window: the requests, none where a run sends messages alone. */
  hold: z.strictObject({
    intendedPerSecond: z.number(),
    achievedPerSecond: z.number(),
    requests: count,
    /** Requests that a check or a status calls failed. */
    failed: count,
    droppedIterations: count,
    /** Percentiles within 0.1 %, the maximum exact. */
    latencyMs,
  }),
  /** Over the windows before and after a spike; absent without them, and in files from before it was written. */
  before: stretchSchema.optional(),
  after: stretchSchema.optional(),
  /** In order, without gaps: of percentiles of parts none of the whole can be made. */
  series: longListOf(secondSchema),
  /**
   * By the periods of the stage's metrics, which begin at multiples of their length since the epoch. Absent in files
   * from before it was written.
   */
  periods: z
    .strictObject({
      seconds: z.number().int().positive(),
      /** Those with an answer. */
      latencies: z.array(z.strictObject({ start: instant, latencyMs })),
      /** Requests that began in each; those with none are left out. Absent in files from before it was written. */
      requests: z.array(z.strictObject({ start: instant, count })).optional(),
    })
    .optional(),
  /** What was published to its topic; absent where the run sent no messages, and in files from before any did. */
  messages: messagesSchema.optional(),
});

const scriptSchema = z.strictObject({
  /** Of the file itself, without what it imports. */
  sha256: z.string(),
  scenarios: z.array(
    z.strictObject({
      name: z.string(),
      /** As k6 names it. */
      executor: z.string(),
      /**
       * Whether its iterations begin when they are due. Else it is a closed loop, where each follows the one before: it has
       * no schedule to keep, sends less to a slow system, and none of its iterations counts as intended. Null where the
       * executor or its options were not understood, so that nobody knows.
       */
      scheduled: z.boolean().nullable(),
    }),
  ),
  /** What has no tag `system`, or another than the systems under load have: it counts for nobody. */
  unattributed: z.strictObject({ requests: count, iterations: count }),
  /**
   * Iterations that threw: what they had not asked by then, nobody asked. Absent where that was not counted: in files of k6
   * from before it was read from its log.
   */
  exceptions: count.optional(),
});

/** The raw record of one load test. Judged apart, by the gate, as often as wanted. */
export const runFileSchema = z
  .strictObject({
    /** 2: the series have stretches longer than a second. */
    schemaVersion: z.literal([1, 2]),
    runId: z.string(),
    profile: z.string(),
    /**
     * Whether the profile aims at rates, over a ramp and a hold. An unpaced run sends each request once: its hold
     * is the whole run, and its rates tell nothing. Files from before this was written are taken for paced ones.
     */
    paced: z.boolean().default(true),
    /**
     * Of a k6 script of a user's, whose file `profile` then names; absent for a profile, and in files from before such
     * scripts were run.
     */
    script: scriptSchema.optional(),
    /**
     * What the gate makes of it: a verdict, or one that is evidence for a deployment when it is a pass; null for neither. In
     * files from before this was written it follows from the profile.
     */
    judged: z.enum(['evidence', 'verdict']).nullable().optional(),
    stage: z.string(),
    place,
    engine: z.strictObject({ name: z.enum(['embedded', 'k6']), version: z.string() }),
    /** Commit of the working tree; null outside a checkout. */
    commit: z.string().nullable(),
    /** SHA-256 of the checked fleet configuration. */
    configurationHash: z.string(),
    /** The release that all systems under load said they were of; absent where they said none, or several. */
    release: z.string().optional(),
    windows: z.strictObject({
      run: window,
      /** Of a spike its rise; empty for a breakpoint. */
      ramp: window,
      /** At the rate that is aimed at; of a breakpoint the whole climb. */
      hold: window,
      /** Of a spike: at the base load, before and after it. */
      before: window.optional(),
      after: window.optional(),
    }),
    /** How many seconds each entry of a series tells of together; absent for one. */
    seriesSeconds: z.number().int().min(2).optional(),
    systems: z.array(systemRunSchema),
    /** Systems that were to be loaded and were left out, each with why; absent for none. */
    notLoaded: z.array(z.strictObject({ system: z.string(), reason: z.string() })).optional(),
    checks: z.array(z.strictObject({ name: z.string(), passes: count, fails: count })),
    thresholds: z.array(
      z.strictObject({
        metric: z.string(),
        expression: z.string(),
        ok: z.boolean(),
        value: z.number().nullable(),
      }),
    ),
    generator: z.strictObject({
      /** The generator's own CPU over the hold, percent of what it may use (one core for the embedded engine); null where the engine does not tell. */
      cpuPercent: z.number().nullable(),
      /** Iterations, of requests and of messages, that started later than 100 ms after their intended start; null where the engine does not tell. */
      lateIterations: count.nullable(),
      /** How late iterations began by the generator's own doing, in milliseconds: no part of any latency. Absent where
       * the engine does not tell, and in files from before it was written. */
      lateMs: latencyMs.optional(),
      droppedIterations: count,
    }),
    /** False when the run was stopped, or the record has gaps; then `reason` says why. */
    complete: z.boolean(),
    /** The threshold that stopped the run, as its `abortOnFail` says; absent where none did. */
    abortedBy: z.strictObject({ metric: z.string(), expression: z.string() }).optional(),
    reason: z.string().nullable(),
    /** Of a run that several instances made together; absent otherwise. */
    instances: z
      .strictObject({
        count,
        /** Execution segments of those that left no part. */
        missing: z.array(z.string()),
        /** How far apart they started, each by its own clock, in milliseconds. */
        startSkewMs: z.number(),
      })
      .optional(),
    /** Why the run ended before its time, as was meant: a climb that has crossed a limit. Absent otherwise. */
    endedEarly: z.string().optional(),
  })
  .meta({ title: 'run.json: what a load test measured' });

export type RunFile = z.infer<typeof runFileSchema>;

export const runKind: RecordKind<RunFile> = { fileName: 'run.json', schema: runFileSchema, indent: 0 };
