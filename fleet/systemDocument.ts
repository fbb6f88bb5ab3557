import * as z from 'zod';

/** Until its next deployment a system's document calls the subscriber's queue by the messages of the service it was for. */
const namedAsBefore = (queues: unknown): unknown => {
  if (typeof queues !== 'object' || queues === null || !('customers' in queues)) return queues;
  const { customers: subscriber, ...others } = queues;
  return { subscriber, ...others };
};

/**
 * What a system publishes about itself, one JSON document at SSM `/headroom/{stage}/{system}`.
 * Tools, canary and probe find a stage by reading that path and in no other way, and whatever they ask of AWS bears the
 * names that stand here. What is optional some systems do not have: who needs it says so (`hasParts`).
 */
export const systemDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  stage: z.string(),
  system: z.string(),
  region: z.string(),
  /** SHA-256 of all that decides how the system behaves: code, SQL, limits, templates. Absent in documents from before. */
  release: z.string().optional(),
  api: z.object({
    id: z.string(),
    /** Base URL with the API's stage, no trailing slash: `${url}/healthcheck`. */
    url: z.string(),
    name: z.string(),
  }),
  /** Function names by role. */
  functions: z.object({ api: z.string(), subscriber: z.string() }),
  /** What its functions may run of at once. Absent in documents from before: as the fleet's configuration has it. */
  concurrency: z
    .object({
      apiReserved: z.number().int().positive().optional(),
      subscriberMaximum: z.number().int().positive().optional(),
    })
    .optional(),
  topicArn: z.string().optional(),
  queues: z
    .preprocess(
      namedAsBefore,
      z.object({
        /** The subscriber's queue. */
        subscriber: z.object({ name: z.string(), url: z.string() }),
        /** Messages the subscriber gave up. */
        deadLetter: z.object({ name: z.string(), url: z.string() }),
        /** Messages SNS could not hand to the queue. */
        undelivered: z.object({ name: z.string(), url: z.string() }),
      }),
    )
    .optional(),
  cluster: z.object({
    identifier: z.string(),
    database: z.string(),
    /** Where the tables are, on a stage that is made for one run in another one's database. */
    schema: z.string().optional(),
    /** Secrets Manager ARNs of JSON secrets with `username` and `password`. */
    adminSecretArn: z.string(),
    apiSecretArn: z.string(),
    subscriberSecretArn: z.string(),
    probeSecretArn: z.string(),
    /** Users that the functions log in with. Absent in documents from before: `databaseUsers` of fleet/names.ts. */
    users: z.object({ api: z.string(), subscriber: z.string() }).optional(),
    connectionLimit: z.coerce.number().int().positive(),
    /** Memory of all compute nodes together. */
    memoryMiB: z.coerce.number().int().positive(),
  }),
  securityGroups: z
    .object({
      dbIngress: z.string(),
      dbServers: z.string(),
      /** The one rule from `db-ingress` to `db-servers`, exactly as it was authorised. */
      rule: z.object({
        ipProtocol: z.literal('tcp'),
        port: z.coerce.number().int(),
        sourceGroupId: z.string(),
        description: z.string(),
      }),
    })
    .optional(),
  /** Role under which a one-time schedule may authorise that rule again, and nothing else. */
  restoreRoleArn: z.string().optional(),
  logGroups: z.object({ api: z.string(), subscriber: z.string() }).optional(),
  expectedPeak: z.object({
    requestsPerSecond: z.coerce.number().positive(),
    messagesPerSecond: z.coerce.number().nonnegative(),
  }),
});

/** A document as it may be: without what the system does not have. */
export type PublishedDocument = z.infer<typeof systemDocumentSchema>;

/** What a system may lack. */
export const documentParts = ['topicArn', 'queues', 'securityGroups', 'logGroups'] as const;
export type DocumentPart = (typeof documentParts)[number];

/** A document that has these parts. */
export type DocumentWith<Part extends DocumentPart> = Omit<PublishedDocument, Part> & {
  [P in Part]: NonNullable<PublishedDocument[P]>;
};

/** A document of a system that has everything, as all of ours have. */
export type SystemDocument = DocumentWith<DocumentPart>;

/** Which of these parts a document lacks. */
export const partsMissing = (document: PublishedDocument, parts: readonly DocumentPart[]): DocumentPart[] =>
  parts.filter((part) => document[part] === undefined);

/** Whether a document has these parts. */
export const hasParts = <Part extends DocumentPart>(
  document: PublishedDocument,
  parts: readonly Part[],
): document is PublishedDocument & DocumentWith<Part> => partsMissing(document, parts).length === 0;

/** SSM path under which every system of a stage is found. */
export const systemDocumentPath = (stage: string): string => `/headroom/${stage}/`;

/** SSM parameter of one system. */
export const systemDocumentName = (stage: string, system: string): string => `/headroom/${stage}/${system}`;
