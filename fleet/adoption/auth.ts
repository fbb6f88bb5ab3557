import * as z from 'zod';
import { secretArn } from './awsNames.ts';

/** How callers of an API show that they may. A secret is a text, or JSON whose one field is named. */
export const authSchema = z.discriminatedUnion(
  'by',
  [
    /** Requests are signed with the caller's AWS credentials. */
    z.strictObject({ by: z.literal('iam') }),
    z.strictObject({
      by: z.literal('apiKey'),
      secretArn,
      /** The field of a JSON secret that holds it; left out, the secret is the key. */
      field: z.string().min(1).optional(),
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]+$/, { error: 'expected the name of a header' })
        .default('x-api-key'),
    }),
    z.strictObject({ by: z.literal('bearerToken'), secretArn, field: z.string().min(1).optional() }),
    z.strictObject({ by: z.literal('none') }),
  ],
  { error: "expected by: 'iam', 'apiKey', 'bearerToken' or 'none'" },
);

export type Auth = z.output<typeof authSchema>;
