import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';

/** Runs one statement to its end, as the RDS Data API does, and answers with its rows. */
export const executeStatement = defineAction({
  name: 'ExecuteStatement',
  input: z.strictObject({
    resourceArn: z.string().regex(/^arn:[\w-]+:rds:[\w-]+:\d{12}:cluster:.+$/, {
      error: 'expected the ARN of a cluster of Aurora',
    }),
    secretArn: z.string().min(1),
    database: z.string().optional(),
    sql: z.string().min(1),
    includeResultMetadata: z.boolean().default(false),
  }),
  handle: async ({ resourceArn, secretArn, database, sql, includeResultMetadata }, { state }) => {
    const clusterIdentifier = resourceArn.split(':').at(-1)!;
    const { columns, records, rowCount } = await state.statements.execute(
      { clusterIdentifier, secretArn, database },
      sql,
    );
    return {
      records,
      ...(includeResultMetadata && { columnMetadata: columns }),
      numberOfRecordsUpdated: columns.length > 0 ? 0 : Math.max(0, rowCount),
    };
  },
  invalidInput: (message) => new AwsError('BadRequestException', message),
});
