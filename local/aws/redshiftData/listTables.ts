import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';
import { statementInput } from './statementInput.ts';

/** As Redshift names kinds of tables; those of the system are among them, as on AWS. */
const tables = `
  SELECT schemaname AS schema, tablename AS name,
         CASE WHEN schemaname IN ('pg_catalog', 'information_schema') THEN 'SYSTEM TABLE' ELSE 'TABLE' END AS type
    FROM pg_tables WHERE schemaname LIKE $1 AND tablename LIKE $2
  UNION ALL
  SELECT schemaname, viewname,
         CASE WHEN schemaname IN ('pg_catalog', 'information_schema') THEN 'SYSTEM VIEW' ELSE 'VIEW' END
    FROM pg_views WHERE schemaname LIKE $1 AND viewname LIKE $2
  ORDER BY 1, 2`;

export const listTables = defineAction({
  name: 'ListTables',
  input: z.strictObject({
    ClusterIdentifier: statementInput.ClusterIdentifier,
    SecretArn: statementInput.SecretArn,
    Database: z.string(),
    ConnectedDatabase: z.string().optional(),
    SchemaPattern: z.string().default('%'),
    TablePattern: z.string().default('%'),
    MaxResults: z.number().int().min(0).max(1_000).default(1_000),
    NextToken: z.string().optional(),
  }),
  handle: async (input, { state }) => {
    const request = {
      clusterIdentifier: input.ClusterIdentifier,
      database: input.ConnectedDatabase ?? input.Database,
      secretArn: input.SecretArn,
    };
    const found = await state.statements.ask<{ schema: string; name: string; type: string }>(
      request,
      tables,
      [input.SchemaPattern, input.TablePattern],
    );
    const { items, nextToken } = page(
      found,
      input.MaxResults || 1_000,
      input.NextToken,
      refusalAs('ValidationException'),
    );
    return { Tables: items.map(({ schema, name, type }) => ({ schema, name, type })), NextToken: nextToken };
  },
});
