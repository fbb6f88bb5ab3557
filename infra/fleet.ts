import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { limits } from '../monitoring/limits.ts';
import { FleetConfigError } from './errors.ts';
import { stageMaxLength, stagePattern, systemMaxLength, systemPattern } from './names.ts';

/** Connections a cluster accepts, by node type (Redshift quotas; 500 is the safe assumption for ra3.large). */
export const connectionLimitByNodeType = {
  'ra3.large': 500,
  'ra3.xlplus': 2_000,
  'ra3.4xlarge': 2_000,
  'ra3.16xlarge': 2_000,
} as const;

/** Memory of one node in MiB, by node type. */
const memoryMiBByNodeType = {
  'ra3.large': 16 * 1_024,
  'ra3.xlplus': 32 * 1_024,
  'ra3.4xlarge': 96 * 1_024,
  'ra3.16xlarge': 384 * 1_024,
} as const;

const positiveInt = z.number().int().positive();

const databaseSchema = z.strictObject({
  nodeType: z.enum(['ra3.large', 'ra3.xlplus', 'ra3.4xlarge', 'ra3.16xlarge']).default('ra3.large'),
  /** Compute nodes; 1 is a single-node cluster. */
  nodes: positiveInt.max(128).default(2),
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
});

const apiSchema = z.strictObject({
  memoryMiB: z.number().int().min(128).max(10_240).default(256),
  /** The function's timeout; API Gateway gives up at 29 s. */
  timeoutMs: z.number().int().min(2_000).max(29_000).default(10_000),
  reservedConcurrency: positiveInt.default(10),
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

const stageSchema = z.strictObject({
  /** AWS account of the stage, 12 digits. Left out: whichever account deploys it. Stages that name the
   * same one, or none, share its pool of concurrent executions. */
  account: z
    .string()
    .regex(/^\d{12}$/, { error: 'expected the 12 digits of an AWS account' })
    .optional(),
  /** Period of metrics and alarms in seconds. Below a minute only on the local stage. */
  periodSeconds: z.union([z.literal(10), z.literal(60)]).default(limits.periodSeconds.aws),
  /** The stage whose passed gate proves this one's peak: one with the same databases and functions. Left
   * out: itself. */
  provenByStage: z.string().optional(),
  database: databaseSchema.prefault({}),
  api: apiSchema.prefault({}),
  subscriber: subscriberSchema.prefault({}),
});

const systemSchema = z.strictObject({
  name: z
    .string()
    .regex(systemPattern, { error: 'expected lower-case letters, digits and single hyphens, a letter first' })
    .max(systemMaxLength)
    .refine((name) => name !== 'fleet' && name !== 'network', {
      error: 'expected a name other than "fleet" and "network", which the stage uses itself',
    }),
  /** The load the system must carry with its reserve intact. */
  expectedPeak: z.strictObject({
    requestsPerSecond: z.number().positive().max(100_000),
    messagesPerSecond: z.number().nonnegative().max(100_000),
  }),
});

const fleetSchema = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'expected an AWS region such as us-east-1' }),
  /** Concurrent Lambda executions the account may run; 100 of them cannot be reserved. */
  accountConcurrency: z.number().int().min(200).default(1_000),
  systems: z
    .array(systemSchema)
    .min(1)
    .max(200)
    .refine((systems) => new Set(systems.map((system) => system.name)).size === systems.length, {
      error: 'expected every system to have a name of its own',
    }),
  stages: z
    .record(
      z
        .string()
        .regex(stagePattern, { error: 'expected lower-case letters, digits and hyphens' })
        .max(stageMaxLength),
      stageSchema,
    )
    .refine((stages) => 'local' in stages, { error: 'expected a stage named "local"' })
    .superRefine((stages, context) => {
      for (const [stage, config] of Object.entries(stages)) {
        if (stage !== 'local' && config.periodSeconds < 60) {
          context.addIssue({
            code: 'custom',
            path: [stage, 'periodSeconds'],
            message: 'expected 60: AWS publishes these metrics once a minute',
          });
        }
        if (config.provenByStage !== undefined && !(config.provenByStage in stages)) {
          context.addIssue({
            code: 'custom',
            path: [stage, 'provenByStage'],
            message: `expected one of ${Object.keys(stages).join(', ')}`,
          });
        }
        // Names are {stage}-{system}-{kind}: one stage's could be those of another.
        const other = Object.keys(stages).find((name) => stage.startsWith(`${name}-`));
        if (other !== undefined) {
          context.addIssue({
            code: 'custom',
            path: [stage],
            message: `expected a name that does not begin with "${other}-", as systems of stage "${other}" may`,
          });
        }
      }
    }),
  onCall: z
    .strictObject({
      emails: z.array(z.email()).default([]),
      httpsEndpoints: z.array(z.url({ protocol: /^https$/ })).default([]),
    })
    .prefault({}),
});

/** What fleet.config.ts says. */
export type FleetConfig = z.input<typeof fleetSchema>;
/** The same, checked, with every default filled in. */
export type Fleet = z.output<typeof fleetSchema>;
export type System = Fleet['systems'][number];
export type StageConfig = z.output<typeof stageSchema>;

/** Types fleet.config.ts where it is written. */
export const defineFleet = (config: FleetConfig): FleetConfig => config;

/**
 * The checked fleet.
 * @throws FleetConfigError naming each wrong field and what was expected there.
 */
export function parseFleet(config: unknown): Fleet {
  const result = fleetSchema.safeParse(config);
  if (result.success) return result.data;
  throw new FleetConfigError(
    result.error.issues.map((issue) => ({
      field: issue.path.join('.') || '(the whole configuration)',
      problem: issue.message,
    })),
  );
}

/** SHA-256 of the checked fleet: the same configuration has the same hash, however it is written. */
export const configurationHash = (fleet: Fleet): string =>
  createHash('sha256').update(JSON.stringify(fleet)).digest('hex');

/** Reads and checks a configuration file (its default export). */
export async function loadFleet(path: string): Promise<Fleet> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new FleetConfigError(
      [{ field: path, problem: error instanceof Error ? error.message : String(error) }],
      {
        cause: error,
      },
    );
  }
  return parseFleet(module.default);
}

/**
 * The stage's configuration.
 * @throws FleetConfigError when the fleet has no such stage.
 */
export function stageOf(fleet: Fleet, stage: string): StageConfig {
  const config = fleet.stages[stage];
  if (config) return config;
  throw new FleetConfigError([
    {
      field: 'stage',
      problem: `no stage "${stage}"; expected one of ${Object.keys(fleet.stages).join(', ')}`,
    },
  ]);
}

/** Connections one cluster of the stage accepts. */
export const connectionLimitOf = (stage: StageConfig): number =>
  stage.database.connectionLimit ?? connectionLimitByNodeType[stage.database.nodeType];

/** Memory of one cluster's nodes together, in MiB. */
export const clusterMemoryMiBOf = ({ database }: StageConfig): number =>
  memoryMiBByNodeType[database.nodeType] * database.nodes;

/**
 * The fleet with `count` systems: the configured ones first, then copies of the last under new names.
 * For trying the local stage and the templates at another size.
 */
export function withSystems(fleet: Fleet, count: number): Fleet {
  const systems = fleet.systems.slice(0, count);
  const pattern = fleet.systems.at(-1)!;
  const taken = new Set(systems.map((system) => system.name));
  for (let number = 1; systems.length < count; number += 1) {
    const name = `system-${String(number).padStart(2, '0')}`;
    if (!taken.has(name)) systems.push({ ...pattern, name });
  }
  return parseFleet({ ...fleet, systems });
}
