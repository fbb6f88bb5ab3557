import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';

export const listStatements = defineAction({
  name: 'ListStatements',
  input: z.strictObject({
    StatementName: z.string().optional(),
    Status: z.enum(['SUBMITTED', 'STARTED', 'FINISHED', 'FAILED', 'ABORTED', 'ALL']).default('ALL'),
    ClusterIdentifier: z.string().optional(),
    Database: z.string().optional(),
    // Everybody is the same role here.
    RoleLevel: z.boolean().optional(),
    MaxResults: z.number().int().min(0).max(100).default(100),
    NextToken: z.string().optional(),
  }),
  handle: (input, { state }) => {
    const found = state.statements
      .all()
      .filter(
        ({ statementName }) => statementName?.startsWith(input.StatementName ?? '') ?? !input.StatementName,
      )
      .filter(({ status }) => input.Status === 'ALL' || status === input.Status)
      .filter(
        ({ clusterIdentifier }) =>
          input.ClusterIdentifier === undefined || clusterIdentifier === input.ClusterIdentifier,
      )
      .filter(({ database }) => input.Database === undefined || database === input.Database);
    const { items, nextToken } = page(
      found,
      input.MaxResults || 100,
      input.NextToken,
      refusalAs('ValidationException'),
    );
    return {
      Statements: items.map((statement) => ({
        Id: statement.id,
        StatementName: statement.statementName,
        Status: statement.status,
        SecretArn: statement.secretArn,
        IsBatchStatement: statement.isBatch,
        CreatedAt: new Date(statement.createdMs),
        UpdatedAt: new Date(statement.updatedMs),
        ...(statement.isBatch
          ? { QueryStrings: statement.subStatements.map(({ sql }) => sql) }
          : { QueryString: statement.subStatements[0]?.sql }),
      })),
      NextToken: nextToken,
    };
  },
});
