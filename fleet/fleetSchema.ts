import { z } from 'zod';
import { stageMaxLength, stagePattern, systemMaxLength, systemPattern } from './names.ts';
import { nodeTypeNames, nodeTypes } from './nodeTypes.ts';
import { reservedWords } from './reservedWords.ts';

/** AWS publishes metrics once a minute. */
export const awsPeriodSeconds = 60;

const positiveInt = z.number().int().positive();

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

const databaseOf = databaseSchema.superRefine(({ nodeType, nodes }, context) => {
  const { min, max } = nodeTypes[nodeType].nodes;
  if (nodes >= min && nodes <= max) return;
  context.addIssue({
    code: 'custom',
    path: ['nodes'],
    message: `expected ${min} to ${max}, as AWS accepts of ${nodeType}`,
  });
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
  periodSeconds: z.union([z.literal(10), z.literal(awsPeriodSeconds)]).default(awsPeriodSeconds),
  /** The stage whose passed gate proves this one's peak: one with the same databases and functions. Left
   * out: itself. */
  provenByStage: z.string().optional(),
  database: databaseOf.prefault({}),
  api: apiSchema.prefault({}),
  subscriber: subscriberSchema.prefault({}),
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

/** As the systems' names do, they follow the stage's in the names of stacks. */
const usedByTheStage: readonly string[] = ['fleet', 'fleet-dashboards', 'network'];

const systemSchema = z.strictObject({
  name: z
    .string()
    .regex(systemPattern, { error: 'expected lower-case letters, digits and single hyphens, a letter first' })
    .max(systemMaxLength)
    .refine((name) => !usedByTheStage.includes(name), {
      error: `expected a name other than "${usedByTheStage.join('", "')}", which the stage uses itself`,
    })
    .refine((name) => !reservedWords.has(name), {
      error: 'expected a name that is no word of SQL, since the database bears it',
    }),
  /** The load the system must carry with its reserve intact. */
  expectedPeak: z.strictObject({
    requestsPerSecond: z.number().positive().max(100_000),
    messagesPerSecond: z.number().nonnegative().max(100_000),
  }),
});

type Stages = Record<string, z.output<typeof stageSchema>>;

/** What no stage can tell by itself: field below `stages`, and what was expected there. */
function stageProblems(
  stages: Stages,
  stage: string,
  { periodSeconds, provenByStage, runsOn, endpoint, domain, account }: Stages[string],
): [string, string][] {
  const base = runsOn && stages[runsOn.stage];
  const others = Object.entries(stages).filter(([name]) => name !== stage);
  const prefix = others.find(([name]) => stage.startsWith(`${name}-`))?.[0];
  const problems: [string, string | false | undefined][] = [
    [
      `${stage}.periodSeconds`,
      stage !== 'local' && periodSeconds < 60 && 'expected 60: AWS publishes these metrics once a minute',
    ],
    [
      `${stage}.provenByStage`,
      provenByStage !== undefined &&
        !(provenByStage in stages) &&
        `expected one of ${Object.keys(stages).join(', ')}`,
    ],
    [stage, stage === 'headroom' && 'expected another name: "headroom-account" is the account\'s own stack'],
    // Names are {stage}-{system}-{kind}, and rights go by them: one stage's could be those of another.
    [
      stage,
      prefix !== undefined &&
        `expected a name that does not begin with "${prefix}-", as systems of stage "${prefix}" may`,
    ],
    [
      `${stage}.domain`,
      domain && endpoint === 'private' && 'expected none: a private API has no name of its own here',
    ],
    [
      `${stage}.domain`,
      domain &&
        others.some(([, { domain: other }]) => other?.zone === domain.zone && other.host === domain.host) &&
        'expected a name that no other stage has',
    ],
    [
      `${stage}.domain`,
      domain && runsOn && 'expected none: the stage of a run is gone before its name is known',
    ],
    [
      `${stage}.runsOn.stage`,
      runsOn && (!base || base.runsOn || runsOn.stage === 'local') && 'expected a stage of its own on AWS',
    ],
    [`${stage}.account`, base && base.account !== account && `expected that of stage ${runsOn.stage}`],
    [
      stage,
      runsOn &&
        stage.length > stageMaxLength - 2 &&
        `expected at most ${stageMaxLength - 2} characters, so that a run's id follows`,
    ],
  ];
  return problems.filter((problem): problem is [string, string] => typeof problem[1] === 'string');
}

/** The zones of the one region for which they are chosen here. */
export const zonesByRegion: Readonly<Record<string, string[]>> = { 'us-east-1': ['a', 'b', 'c'] };

const fleetFields = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: 'expected an AWS region such as us-east-1' }),
  /** Letters of the three zones that networks span, as the accounts have them: `['a', 'b', 'd']`. */
  zones: z
    .array(z.string().regex(/^[a-z]$/, { error: 'expected the letter of a zone' }))
    .length(3)
    .refine((zones) => new Set(zones).size === zones.length, { error: 'expected three different zones' })
    .optional(),
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
      for (const [field, message] of Object.entries(stages).flatMap(([stage, config]) =>
        stageProblems(stages, stage, config),
      )) {
        context.addIssue({ code: 'custom', path: field.split('.'), message });
      }
    }),
  /** The repository whose workflows deploy; left out, no role is made for them. */
  github: z
    .strictObject({
      repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, { error: 'expected owner/name' }),
      /** GitHub's numbers of owner and repository, where its tokens name them too: in repositories made or renamed
       * since 2026-07-15, and in those that chose it. */
      ids: z.strictObject({ owner: positiveInt, repository: positiveInt }).optional(),
      /** GitHub's identity provider, where the account has it already. */
      providerArn: z.string().startsWith('arn:').optional(),
    })
    .optional(),
  onCall: z
    .strictObject({
      emails: z.array(z.email()).default([]),
      httpsEndpoints: z.array(z.url({ protocol: /^https$/ })).default([]),
    })
    .prefault({}),
});

/** What fleet.config.ts may say. */
export const fleetSchema = fleetFields.superRefine(({ region, zones }, context) => {
  if (zones || region in zonesByRegion) return;
  context.addIssue({
    code: 'custom',
    path: ['zones'],
    message:
      `expected the letters of three zones that the accounts have in ${region}, which are not a, b and c ` +
      `everywhere: aws ec2 describe-availability-zones --region ${region}`,
  });
});

/** What fleet.config.ts says. */
export type FleetConfig = z.input<typeof fleetSchema>;
/** The same, checked, with every default filled in. */
export type Fleet = z.output<typeof fleetSchema>;
export type System = Fleet['systems'][number];
export type StageConfig = z.output<typeof stageSchema>;
export type RunsOn = NonNullable<StageConfig['runsOn']>;
