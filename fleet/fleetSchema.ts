import { z } from 'zod';
import { adoptionSchema } from './adoption/adoptionSchema.ts';
import { stageMaxLength, stagePattern, systemMaxLength, systemPattern } from './names.ts';
import { adoptionProblems } from './adoption/adoptionProblems.ts';
import { reservedWords } from './reservedWords.ts';
import { serviceSchema } from './serviceSchema.ts';
import { stageProblems } from './stageProblems.ts';
import { expectedPeakSchema, positiveInt, stageSchema } from './stageSchema.ts';
import { overrideProblems } from './systemOverrides.ts';

/** As the systems' names do, they follow the stage's in the names of stacks. */
const usedByTheStage: readonly string[] = [
  'fleet',
  'fleet-dashboards',
  'fleet-dashboards-3',
  'fleet-dashboards-4',
  'fleet-dashboards-5',
  'network',
];

const systemSchema = z.strictObject({
  name: z
    .string()
    .regex(systemPattern, { error: 'expected lower-case letters, digits and single hyphens, a letter first' })
    .max(systemMaxLength)
    .refine((name) => !usedByTheStage.includes(name), {
      error: `expected a name other than "${usedByTheStage.join('", "')}", which the stage uses itself`,
    })
    .refine((name) => !reservedWords.has(name), {
      error: 'expected a name that is not an SQL keyword, since the database is named after it',
    }),
  /** The load the system must carry with its reserve intact. */
  expectedPeak: expectedPeakSchema,
  /** A system that exists already, made by whatever else; left out, it is built from the contract. */
  adopt: adoptionSchema.optional(),
});

/** The zones of the one region for which they are chosen here. */
export const zonesByRegion: Readonly<Record<string, string[]>> = { 'us-east-1': ['a', 'b', 'c'] };

const fleetFields = z.strictObject({
  /** What every system of the fleet runs: its contract. */
  service: serviceSchema,
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
      for (const { path, message } of stageProblems(stages)) {
        context.addIssue({ code: 'custom', path: [...path], message });
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
      /**
       * Stages whose alarms call nobody, each with the reason: without one a stage that calls nobody is an oversight,
       * and refused.
       */
      nobody: z
        .record(z.string(), z.string().trim().min(10, { error: 'expected the reason, in a few words' }))
        .default({}),
    })
    .prefault({}),
});

/** What fleet.config.ts may say. */
export const fleetSchema = fleetFields.superRefine((fleet, context) => {
  const { region, zones, onCall, stages } = fleet;
  for (const { path, message } of overrideProblems(fleet)) {
    context.addIssue({ code: 'custom', path: ['stages', ...path], message });
  }
  for (const { path, message } of adoptionProblems(fleet)) {
    context.addIssue({ code: 'custom', path, message });
  }
  for (const stage of Object.keys(onCall.nobody).filter((name) => !(name in stages))) {
    const message = `expected a stage: one of ${Object.keys(stages).join(', ')}`;
    context.addIssue({ code: 'custom', path: ['onCall', 'nobody', stage], message });
  }
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
