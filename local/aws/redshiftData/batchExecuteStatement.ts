import { z } from 'zod';
import { defineAction } from '../action.ts';
import { submittedShape } from './shapes.ts';
import { sqlSchema, statementInput } from './statementInput.ts';

export const batchExecuteStatement = defineAction({
  name: 'BatchExecuteStatement',
  input: z.strictObject({ ...statementInput, Sqls: z.array(sqlSchema).min(1).max(40) }),
  handle: (input, { state }) =>
    submittedShape(
      state.statements.submit({
        clusterIdentifier: input.ClusterIdentifier,
        secretArn: input.SecretArn,
        database: input.Database,
        statementName: input.StatementName,
        clientToken: input.ClientToken,
        sqls: input.Sqls,
        isBatch: true,
        parameters: input.Parameters ?? [],
      }),
    ),
});
