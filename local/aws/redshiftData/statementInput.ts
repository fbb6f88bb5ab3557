import { z } from 'zod';

/** Members that ExecuteStatement and BatchExecuteStatement share. */
export const statementInput = {
  ClusterIdentifier: z.string({ error: 'expected a cluster: this stage has no serverless workgroups' }),
  SecretArn: z.string({ error: 'expected a secret: this stage gives no temporary credentials' }),
  Database: z.string().optional(),
  StatementName: z.string().max(500).optional(),
  Parameters: z
    .array(z.strictObject({ name: z.string().regex(/^\w+$/), value: z.string() }))
    .min(1)
    .optional(),
  ResultFormat: z.literal('JSON').optional(),
  // SDK clients always send one, so that a retry runs nothing twice.
  ClientToken: z.string().optional(),
};

/** Bytes of one SQL statement. */
export const sqlSchema = z.string().min(1).max(100_000);
