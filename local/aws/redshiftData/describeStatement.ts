import { z } from 'zod';
import { defineAction } from '../action.ts';
import { statementShape, subStatementOf, subStatementShape } from './shapes.ts';

export const describeStatement = defineAction({
  name: 'DescribeStatement',
  input: z.strictObject({ Id: z.string() }),
  handle: ({ Id }, { state }) => {
    const { statement, subStatement } = subStatementOf(state.statements, Id);
    return {
      ClusterIdentifier: statement.clusterIdentifier,
      Database: statement.database,
      SecretArn: statement.secretArn,
      RedshiftPid: statement.pid,
      ResultFormat: 'JSON',
      ...(Id === statement.id ? statementShape(statement) : subStatementShape(subStatement)),
    };
  },
});
