import { z } from 'zod';
import { authSchema } from './auth.ts';
import {
  functionName,
  httpUrl,
  logGroupName,
  queueUrl,
  roleArn,
  securityGroupId,
  topicArn,
} from './awsNames.ts';
import { adoptedDatabaseSchema } from './database.ts';
import { errorSourceSchema } from './errorSource.ts';

const positive = z.number().int().positive();

/** No field has a default: a stage's own say what differs there, and no more. */
const fields = z.strictObject({
  /** Base URL of the API, as its callers use it. */
  apiUrl: httpUrl('the base URL of an API').optional(),
  /** The REST API's name: the dimension `ApiName` of its metrics. */
  apiName: z.string().min(1).max(255).optional(),
  /** The REST API's id; left out, that in `apiUrl`, where it is AWS's own name of an API. */
  apiId: z
    .string()
    .regex(/^[a-z0-9]+$/, { error: 'expected the id of a REST API, such as a1b2c3d4e5' })
    .optional(),
  /** The REST API's deployed stage; left out, that in `apiUrl`, where it is AWS's own name of an API. */
  apiStage: z
    .string()
    .regex(/^[\w-]{1,128}$/, {
      error: 'expected the name of a stage of a REST API: letters, digits, hyphens, underscores',
    })
    .optional(),
  functions: z.strictObject({ api: functionName.optional(), subscriber: functionName.optional() }).optional(),
  /** Of the API's function: 100 % of its concurrency. Left out: none is reserved, and no share is alarmed. */
  reservedConcurrency: positive.optional(),
  /** Of the subscriber: how many run at once at most. Left out: no bound, and no share is alarmed. */
  subscriberMaximumConcurrency: positive.optional(),
  topicArn: topicArn.optional(),
  queues: z
    .strictObject({
      /** The subscriber's queue. */
      subscriber: queueUrl.optional(),
      /** Messages the subscriber gave up. */
      deadLetter: queueUrl.optional(),
      /** Messages SNS could not deliver. */
      undelivered: queueUrl.optional(),
    })
    .optional(),
  database: adoptedDatabaseSchema.optional(),
  securityGroups: z
    .strictObject({
      /** What the functions are in. */
      dbIngress: securityGroupId,
      /** What the database is in, with the one rule that lets them in. */
      dbServers: securityGroupId,
      /** That rule, exactly as it was authorised. */
      rule: z.strictObject({
        port: z.number().int().min(1).max(65_535),
        description: z.string().max(255).optional(),
      }),
    })
    .optional(),
  /** A role of EventBridge Scheduler's that may authorise that rule again, should a drill's process die. */
  restoreRoleArn: roleArn.optional(),
  logGroups: z.strictObject({ api: logGroupName.optional(), subscriber: logGroupName.optional() }).optional(),
  /** What answers 200 while the system can answer, and then alone. */
  healthcheckUrl: httpUrl('the URL of a healthcheck').optional(),
  /** Left out: IAM. */
  auth: authSchema.optional(),
  /** By what a failed answer is known. Left out: by a 5xx status. */
  errors: errorSourceSchema.optional(),
});

const noLog = 'expected the log group whose lines errors.logPattern counts';
const noApi = 'expected the base URL of its API: without it the system cannot be called';

/** A system that exists already, made by whatever else: what of it is known. */
export const adoptionSchema = fields
  .extend({
    /** What differs on a stage. Given, the system is on these stages alone; else on each but the one on this machine. */
    stages: z
      .record(z.string(), fields)
      .refine((stages) => Object.keys(stages).length > 0, {
        error:
          'expected at least one stage; if left out, the system is on every stage except the one on this machine',
      })
      .optional(),
  })
  .superRefine(({ stages, ...common }, context) => {
    const each = stages
      ? Object.entries(stages).map(([stage, own]) => ({ at: ['stages', stage], all: { ...common, ...own } }))
      : [{ at: [], all: common }];
    for (const { at, all } of each) {
      const missing = (path: string[], message: string): void =>
        context.addIssue({ code: 'custom', path: [...at, ...path], message });
      if (all.apiUrl === undefined) missing(['apiUrl'], noApi);
      if (all.errors && 'logPattern' in all.errors && all.logGroups?.api === undefined) {
        missing(['logGroups', 'api'], noLog);
      }
    }
  });

/** What the configuration says of an adopted system, of all of its stages. */
export type AdoptionConfig = z.output<typeof adoptionSchema>;

/** The same on one stage. */
export type Adoption = Omit<z.output<typeof fields>, 'apiUrl'> & { apiUrl: string };

/** What is adopted under a stage's name; undefined where the system is not on it. */
export function adoptionOn({ stages, ...common }: AdoptionConfig, stage: string): Adoption | undefined {
  if (stages ? !(stage in stages) : stage === 'local') return undefined;
  const merged = { ...common, ...stages?.[stage] };
  return { ...merged, apiUrl: merged.apiUrl! };
}
