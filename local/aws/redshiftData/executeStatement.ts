import { z } from 'zod';
import { defineAction } from '../action.ts';
import { submittedShape } from './shapes.ts';
import { sqlSchema, statementInput } from './statementInput.ts';

export const executeStatement = defineAction({
  name: 'ExecuteStatement',
  input: z.strictObject({ ...statementInput, Sql: sqlSchema }),
  handle: (input, { state }) =>
    submittedShape(
      state.statements.submit({
        clusterIdentifier: input.ClusterIdentifier,
        secretArn: input.SecretArn,
        database: input.Database,
        statementName: input.StatementName,
        clientToken: input.ClientToken,
        sqls: [input.Sql],
        isBatch: false,
        parameters: input.Parameters ?? [],
      }),
    ),
});
