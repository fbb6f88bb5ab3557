import { z } from 'zod';
import { nodeTypeNames, nodeTypes } from './nodeTypes.ts';

/** AWS publishes metrics once a minute. */
export const awsPeriodSeconds = 60;

export const positiveInt = z.number().int().positive();

/** The load a system must carry with its reserve intact. */
export const expectedPeakSchema = z.strictObject({
  requestsPerSecond: z.number().positive().max(100_000),
  messagesPerSecond: z.number().nonnegative().max(100_000),
});

const databaseSchema = z.strictObject({
  nodeType: z.enum(nodeTypeNames).default('ra3.large'),
  /** Compute nodes; 1 is a single-node cluster. */
  nodes: positiveInt.default(2),
  /** RA3 accepts 5431–5455 and 8191–8215 only. */
  port: z
    .number()
    .int()
    .refine((port) => (port >= 5431 && port <= 5455) || (port >= 8191 && port <= 8215), {
      error: 'expected a port RA3 accepts: 5431–5455 or 8191–8215',
    })
    .default(5439),
  /** Connections the cluster accepts. Left out: what its node type gives. */
  connectionLimit: positiveInt.max(2_000).optional(),
  /** Connections kept for the Data API (migrations, probe, drills) and for people. */
  dataApiConnections: positiveInt.default(5),
  operatorConnections: positiveInt.default(5),
  /** Whether removing a system leaves a last snapshot of its database. */
  snapshotOnRemoval: z.boolean().default(true),
  /** Days for which automatic snapshots are kept; RA3 keeps at least one. */
  snapshotRetentionDays: z.number().int().min(1).max(35).default(7),
  /** Whether `headroom pause` may stop the clusters, and with them their cost, until `headroom resume`. */
  pausable: z.boolean().default(false),
});

/** What AWS has against so many nodes of this type; null for nothing. */
export function nodesProblem({
  nodeType,
  nodes,
}: Pick<z.output<typeof databaseSchema>, 'nodeType' | 'nodes'>): string | null {
  const { min, max } = nodeTypes[nodeType].nodes;
  return nodes >= min && nodes <= max ? null : `expected ${min} to ${max}, as AWS accepts of ${nodeType}`;
}

const databaseOf = databaseSchema.superRefine((database, context) => {
  const message = nodesProblem(database);
  if (message !== null) context.addIssue({ code: 'custom', path: ['nodes'], message });
});

const apiSchema = z.strictObject({
  memoryMiB: z.number().int().min(128).max(10_240).default(256),
  /** The function's timeout; API Gateway gives up at 29 s. */
  timeoutMs: z.number().int().min(2_000).max(29_000).default(10_000),
  reservedConcurrency: positiveInt.default(10),
  /** Requests a second that the API lets in. Left out: the expected peak, `limits.apiThrottlePerPeak` times, and
   * `limits.apiThrottleLeastPerSecond` at least. */
  throttlePerSecond: positiveInt.optional(),
});

const subscriberSchema = z.strictObject({
  memoryMiB: z.number().int().min(128).max(10_240).default(256),
  timeoutMs: z.number().int().min(2_000).max(900_000).default(15_000),
  /** Concurrent batches; SQS accepts 2–1,000. */
  maximumConcurrency: z.number().int().min(2).max(1_000).default(2),
  batchSize: z.number().int().min(1).max(1_000).default(100),
  /** Whole seconds; above 10 messages a batch needs at least one. */
  batchWindowSeconds: z.number().int().min(0).max(300).default(1),
});

type Field<Of extends z.ZodType> = Of extends z.ZodDefault<infer Inner> ? Inner : Of;

/** The same fields, of which only those count that are given. */
const overriding = <Shape extends Record<string, z.ZodType>>(fields: Shape) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        z.exactOptional(field instanceof z.ZodDefault ? field.unwrap() : field),
      ]),
    ) as { [Name in keyof Shape]: z.ZodExactOptional<Field<Shape[Name]>> },
  );

/** What a system of a stage has otherwise than the stage's others: its peak, sizes and limits. */
const systemOverridesSchema = z.strictObject({
  expectedPeak: overriding(expectedPeakSchema.shape).prefault({}),
  database: overriding(
    databaseSchema.pick({
      nodeType: true,
      nodes: true,
      connectionLimit: true,
      dataApiConnections: true,
      operatorConnections: true,
    }).shape,
  ).prefault({}),
  api: overriding(apiSchema.shape).prefault({}),
  subscriber: overriding(subscriberSchema.shape).prefault({}),
});

export const stageSchema = z.strictObject({
  /** AWS account of the stage, 12 digits. Left out: whichever account deploys it. Stages that name the
   * same one, or none, share its pool of concurrent executions. */
  account: z
    .string()
    .regex(/^\d{12}$/, { error: 'expected the 12 digits of an AWS account' })
    .optional(),
  /** Period of metrics and alarms in seconds. Below a minute only on the local stage. */
  periodSeconds: z
    .union([z.literal(5), z.literal(10), z.literal(awsPeriodSeconds)])
    .default(awsPeriodSeconds),
  /** The stage whose passed gate proves this one's peak: one with the same databases and functions. Left
   * out: itself. */
  provenByStage: z.string().optional(),
  database: databaseOf.prefault({}),
  api: apiSchema.prefault({}),
  subscriber: subscriberSchema.prefault({}),
  /** What a system has otherwise than the others, by its name. */
  systems: z.record(z.string(), systemOverridesSchema).optional(),
  /** `private`: the API answers inside the stage's network only. */
  endpoint: z.enum(['regional', 'private']).default('regional'),
  /** A name of one's own for the APIs: `{host}.{zone}/{system}`, with its certificate and DNS record. */
  domain: z
    .strictObject({
      host: z.enum(['customdomain', 'customdomain-test']),
      /** The hosted zone of Route 53 that the name is in. */
      zone: z.hostname(),
      hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/, { error: 'expected the id of a hosted zone: Z…' }),
    })
    .optional(),
  /** Addresses of load generators, which the web ACL's rate rule spares. */
  loadGenerators: z.array(z.cidrv4()).default([]),
  /** Set on a stage that is made anew for each run, under the name `{stage}-{run}`, in another one's
   * network and databases, and removed after it. */
  runsOn: z
    .strictObject({
      stage: z.string(),
      /** The first so many systems: all run the same code. */
      systems: positiveInt.default(1),
      /** Runs that may exist at once; their connections and concurrency are set aside. */
      atOnce: positiveInt.max(10).default(2),
    })
    .optional(),
});

export type ExpectedPeak = z.output<typeof expectedPeakSchema>;
export type StageConfig = z.output<typeof stageSchema>;
export type RunsOn = NonNullable<StageConfig['runsOn']>;
