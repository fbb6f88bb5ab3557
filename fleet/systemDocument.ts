import * as z from 'zod';
import { authSchema } from './adoption/auth.ts';
import { databaseEngines, isUseless, type DatabaseEngine } from './adoption/database.ts';
import { errorSourceSchema } from './adoption/errorSource.ts';

/** Until its next deployment a system's document may call the subscriber's queue by what its messages are about. */
const namedAsBefore = (queues: unknown): unknown => {
  if (typeof queues !== 'object' || queues === null || 'subscriber' in queues) return queues;
  const { deadLetter, undelivered, ...others } = queues as Record<string, unknown>;
  const [subscriber] = Object.values(others);
  return { subscriber, deadLetter, undelivered };
};

const queue = z.object({ name: z.string(), url: z.string() });

const documentFields = z.object({
  schemaVersion: z.literal(1),
  stage: z.string(),
  system: z.string(),
  region: z.string(),
  /** The system was made by whatever else: nothing of it is ours to change, but for what a drill puts back. */
  adopted: z.literal(true).optional(),
  /** SHA-256 of all that decides how the system behaves: code, SQL, limits, templates. Absent in documents from before. */
  release: z.string().optional(),
  api: z.object({
    id: z.string().optional(),
    /** The deployed stage of the REST API. */
    stage: z.string().optional(),
    /** Base URL with the API's stage, no trailing slash: `${url}/healthcheck`. */
    url: z.string(),
    name: z.string().optional(),
    /** Of a system of ours with routes that ask for a key: the secret whose text is the key. Others are signed. */
    keySecretArn: z.string().optional(),
  }),
  /** How its callers show that they may. Absent: they sign, as IAM asks for. */
  auth: authSchema.optional(),
  /** Of an adopted system; one of ours has its contract's below the API's URL. */
  healthcheckUrl: z.string().optional(),
  /** By what a failed answer is known. Absent: by a 5xx status. */
  errors: errorSourceSchema.optional(),
  /** Function names by role. */
  functions: z.object({ api: z.string().optional(), subscriber: z.string().optional() }),
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
        subscriber: queue.optional(),
        /** Messages the subscriber gave up. */
        deadLetter: queue.optional(),
        /** Messages SNS could not hand to the queue. */
        undelivered: queue.optional(),
      }),
    )
    .optional(),
  cluster: z
    .object({
      /** Absent: Redshift. */
      engine: z.enum(databaseEngines).optional(),
      identifier: z.string(),
      /** Of Aurora, any of which may be the one that writes. */
      instances: z.array(z.string()).optional(),
      database: z.string().optional(),
      /** Where the tables are, on a stage that is made for one run in another one's database. */
      schema: z.string().optional(),
      /** Secrets Manager ARNs of JSON secrets with `username` and `password`. */
      adminSecretArn: z.string().optional(),
      apiSecretArn: z.string().optional(),
      subscriberSecretArn: z.string().optional(),
      probeSecretArn: z.string().optional(),
      /** Users that the functions log in with. Absent in documents from before: `databaseUsers` of fleet/names.ts. */
      users: z.object({ api: z.string(), subscriber: z.string() }).optional(),
      connectionLimit: z.coerce.number().int().positive().optional(),
      /** Memory of all compute nodes together. */
      memoryMiB: z.coerce.number().int().positive().optional(),
      /** Storage that an instance of RDS was given. */
      storageGiB: z.number().positive().optional(),
    })
    .optional(),
  securityGroups: z
    .object({
      dbIngress: z.string(),
      dbServers: z.string(),
      /** The one rule from `db-ingress` to `db-servers`, exactly as it was authorised. */
      rule: z.object({
        ipProtocol: z.literal('tcp'),
        port: z.coerce.number().int(),
        sourceGroupId: z.string(),
        description: z.string().optional(),
      }),
    })
    .optional(),
  /** Role under which a one-time schedule may authorise that rule again, and nothing else. */
  restoreRoleArn: z.string().optional(),
  logGroups: z.object({ api: z.string().optional(), subscriber: z.string().optional() }).optional(),
  expectedPeak: z.object({
    requestsPerSecond: z.coerce.number().positive(),
    messagesPerSecond: z.coerce.number().nonnegative(),
  }),
});

/** Of a system of ours, until its next deployment, a document may leave out its API's stage, which has the stage's name. */
const withApiStage = (document: unknown): unknown => {
  const { stage, adopted, api } = (document ?? {}) as Record<string, unknown>;
  if (adopted === true || typeof api !== 'object' || api === null || 'stage' in api) return document;
  return { ...(document as object), api: { ...api, stage } };
};

/**
 * What a system publishes about itself, one JSON document at SSM `/headroom/{stage}/{system}`; of an adopted one, what
 * its configuration says. Tools, canary and probe find a stage by reading that path and in no other way, and whatever
 * they ask of AWS bears the names that stand here. What is optional some systems do not have: who needs it says so
 * (`hasParts`).
 */
export const systemDocumentSchema = z.preprocess(withApiStage, documentFields);

/** A document as it may be: without what the system does not have. */
export type PublishedDocument = z.infer<typeof systemDocumentSchema>;

/** What a system may lack, and the field of its adoption that gives it (`fleet/adoption/adoptionSchema.ts`). */
const fieldsOfParts = {
  'api.id': 'adopt.apiId',
  'api.stage': 'adopt.apiStage',
  'api.name': 'adopt.apiName',
  'functions.api': 'adopt.functions.api',
  'functions.subscriber': 'adopt.functions.subscriber',
  topicArn: 'adopt.topicArn',
  'queues.subscriber': 'adopt.queues.subscriber',
  'queues.deadLetter': 'adopt.queues.deadLetter',
  'queues.undelivered': 'adopt.queues.undelivered',
  cluster: 'adopt.database',
  'cluster.database': 'adopt.database.database',
  'cluster.adminSecretArn': 'adopt.database.secrets.admin',
  'cluster.apiSecretArn': 'adopt.database.secrets.api',
  'cluster.subscriberSecretArn': 'adopt.database.secrets.subscriber',
  'cluster.probeSecretArn': 'adopt.database.secrets.probe',
  'cluster.connectionLimit': 'adopt.database.connectionLimit',
  'cluster.memoryMiB': 'adopt.database.memoryMiB',
  securityGroups: 'adopt.securityGroups',
  'logGroups.api': 'adopt.logGroups.api',
  'logGroups.subscriber': 'adopt.logGroups.subscriber',
} as const;

/** Without which the probe cannot ask a database. */
const probedParts = ['cluster', 'cluster.database', 'cluster.probeSecretArn'] as const;
export type ProbedDocument = DocumentWith<(typeof probedParts)[number]>;

/**
 * Whether the probe can ask a system's database, which takes a Data API: a PostgreSQL of Amazon RDS has none. Of Redshift
 * it estimates the memory as a share of what there is.
 */
export function isProbed(document: PublishedDocument): document is ProbedDocument {
  const engine = engineOf(document);
  if (engine === 'rds-postgresql') return false;
  return (
    hasParts(document, probedParts) && (engine !== 'redshift' || document.cluster.memoryMiB !== undefined)
  );
}

/** Without which nobody could say what became of a message that a test publishes, nor remove what it stores. */
export const messageParts = ['topicArn', 'cluster', 'cluster.database', 'cluster.adminSecretArn'] as const;
export type MessagingDocument = DocumentWith<(typeof messageParts)[number]>;

export type DocumentPart = keyof typeof fieldsOfParts;
export const documentParts = Object.keys(fieldsOfParts) as DocumentPart[];

/** The field of the configuration that a part is taken from. */
export const fieldOf = (part: DocumentPart): string => fieldsOfParts[part];

type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (each: infer Each) => void
  ? Each
  : never;
type Has<Part extends DocumentPart> =
  Part extends `${infer Of extends keyof PublishedDocument}.${infer Field}`
    ? {
        [O in Of]: {
          [F in Field & keyof NonNullable<PublishedDocument[O]>]: NonNullable<
            NonNullable<PublishedDocument[O]>[F]
          >;
        };
      }
    : { [P in Part & keyof PublishedDocument]: NonNullable<PublishedDocument[P]> };

/** A document that has these parts. */
export type DocumentWith<Part extends DocumentPart> = PublishedDocument & All<Has<Part>>;

/** A document of a system that has everything, as all of ours have. */
export type SystemDocument = DocumentWith<DocumentPart>;

/** Which of these parts a document lacks. */
export const partsMissing = (document: PublishedDocument, parts: readonly DocumentPart[]): DocumentPart[] =>
  parts.filter((part) => {
    const [of, field] = part.split('.') as [keyof PublishedDocument, string | undefined];
    const value = document[of];
    return field === undefined
      ? value === undefined
      : (value as Record<string, unknown> | undefined)?.[field] === undefined;
  });

/** Whether a document has these parts. */
export const hasParts = <Part extends DocumentPart>(
  document: PublishedDocument,
  parts: readonly Part[],
): document is DocumentWith<Part> => partsMissing(document, parts).length === 0;

/**
 * The fields that a document lacks, for people: `adopt.topicArn, adopt.queues.deadLetter`. Of one that its configuration
 * could not give either it says so.
 */
export const fieldsMissing = (document: PublishedDocument, parts: readonly DocumentPart[]): string =>
  partsMissing(document, parts)
    .map((part) =>
      canHave(document, part) ? fieldOf(part) : `${fieldOf(part)} (none with ${engineOf(document)})`,
    )
    .join(', ');

/** Whether its configuration may name a part: some are of no use with its kind of database. */
export const canHave = (document: PublishedDocument, part: DocumentPart): boolean =>
  !isUseless(engineOf(document), fieldOf(part).replace('adopt.database.', ''));

/** The kind of a system's database: Redshift where nothing else is said. */
export const engineOf = ({ cluster }: Pick<PublishedDocument, 'cluster'>): DatabaseEngine =>
  cluster?.engine ?? 'redshift';

/** SSM path under which every system of a stage is found. */
export const systemDocumentPath = (stage: string): string => `/headroom/${stage}/`;

/** SSM parameter of one system. */
export const systemDocumentName = (stage: string, system: string): string => `/headroom/${stage}/${system}`;
