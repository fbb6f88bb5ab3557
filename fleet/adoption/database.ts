import { z } from 'zod';
import { secretArn } from './awsNames.ts';

/** Databases whose own metrics are known here. */
export const databaseEngines = ['redshift', 'rds-postgresql', 'aurora-postgresql'] as const;
export type DatabaseEngine = (typeof databaseEngines)[number];

/** An adopted system's database: each field opens what needs it. */
export const adoptedDatabaseSchema = z.strictObject({
  engine: z.enum(databaseEngines).default('redshift'),
  /** Of the cluster (Redshift, Aurora) or of the instance (RDS), as its metrics name it. */
  identifier: z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, {
    error: 'expected the identifier of a cluster or an instance: letters, digits and hyphens',
  }),
  /** The database in it, and the schema that the tables are in where it is not the user's own. */
  database: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  /** Connections it accepts: 100 % of those in use. Redshift's limit, PostgreSQL's `max_connections`. */
  connectionLimit: z.number().int().positive().optional(),
  /** Memory of all compute nodes, or of the instance. */
  memoryMiB: z.number().int().positive().optional(),
  /** Storage that the instance was given (RDS alone: Aurora's grows by itself). */
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
