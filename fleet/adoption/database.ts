import * as z from 'zod';
import { secretArn } from './awsNames.ts';

/** Databases whose own metrics are known here. */
export const databaseEngines = ['redshift', 'rds-postgresql', 'aurora-postgresql'] as const;
export type DatabaseEngine = (typeof databaseEngines)[number];

const identifier = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
  error: 'expected the identifier of a cluster or an instance: lower-case letters, digits and hyphens',
});

const fields = z.strictObject({
  engine: z.enum(databaseEngines).default('redshift'),
  /** Of the cluster (Redshift, Aurora) or of the instance (RDS), as its metrics name it. */
  identifier,
  /** Of an Aurora cluster all instances, any of which may be the one that writes: what a workflow's role may restart. */
  instances: z.array(identifier).min(1).optional(),
  /** The database in it, and the schema that the tables are in where it is not the user's own. */
  database: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  /** Connections it accepts: 100 % of those in use. Redshift's limit, PostgreSQL's `max_connections`. */
  connectionLimit: z.number().int().positive().optional(),
  /** Memory of all compute nodes; of RDS that of the instance's class, of Aurora that of its writer's: 100 % of
   * `FreeableMemory`. */
  memoryMiB: z.number().int().positive().optional(),
  /** Of RDS the storage that the instance was given, 100 % of `FreeStorageSpace`; of Aurora, whose volume grows by itself,
   * the local storage of its writer's class: 100 % of `FreeLocalStorage`. */
  storageGiB: z.number().positive().optional(),
  /** Users that the functions log in with: whose sessions a drill ends. */
  users: z.strictObject({ api: z.string().min(1), subscriber: z.string().min(1) }).optional(),
  /** Secrets Manager ARNs of JSON secrets with `username` and `password`. */
  secrets: z
    .strictObject({
      /** Counts and removes test rows, and ends sessions in drills. */
      admin: secretArn.optional(),
      api: secretArn.optional(),
      subscriber: secretArn.optional(),
      /** A user that may look: the probe's. */
      probe: secretArn.optional(),
    })
    .default({}),
});

const throughRedshift =
  'expected none: rows are counted and sessions ended through the Redshift Data API, which only reaches Redshift';

const nobodyLogsIn = 'expected none: Amazon RDS has no Data API but of Aurora, so that nobody here logs in';

const onlyOfAurora = 'expected none: only a cluster of Aurora has instances with identifiers of their own';

/** What of a kind of database is of no use, and why: by the path of the field. */
const uselessOf: Record<DatabaseEngine, readonly (readonly [path: string, why: string])[]> = {
  redshift: [
    ['storageGiB', 'expected none: Redshift itself reports how full its disks are'],
    ['instances', onlyOfAurora],
  ],
  'rds-postgresql': [
    ['instances', onlyOfAurora],
    ['database', nobodyLogsIn],
    ['schema', nobodyLogsIn],
    ['secrets.admin', throughRedshift],
    ['secrets.api', throughRedshift],
    ['secrets.subscriber', throughRedshift],
    [
      'secrets.probe',
      'expected none: Amazon RDS has no Data API but of Aurora, so that the probe cannot ask',
    ],
  ],
  'aurora-postgresql': [
    ['secrets.admin', throughRedshift],
    ['secrets.api', throughRedshift],
    ['secrets.subscriber', throughRedshift],
  ],
};

/** Whether a field below `adopt.database` is of no use with a kind of database, and so is refused. */
export const isUseless = (engine: DatabaseEngine, path: string): boolean =>
  uselessOf[engine].some(([field]) => field === path);

/** An adopted system's database: each field opens what needs it. */
export const adoptedDatabaseSchema = fields.superRefine((database, context) => {
  for (const [path, message] of uselessOf[database.engine]) {
    const [field, of] = path.split('.') as [keyof typeof database, keyof typeof database.secrets | undefined];
    const value = of === undefined ? database[field] : database.secrets[of];
    if (value !== undefined) context.addIssue({ code: 'custom', path: path.split('.'), message });
  }
});
