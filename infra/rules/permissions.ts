import type { Rule } from './template.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: unknown;
  Principal?: { AWS?: unknown };
}

/** Nobody is allowed a family of actions. Only a key's policy gives its account all of them: without that, a key
 * that nobody may manage could come to be. */
export const permissions: Rule = {
  name: 'permissions',
  check: (template) =>
    Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
      statementsIn(Properties)
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap((statement) => {
          if (statement.NotAction !== undefined) return [`${id}: allows all but some actions`];
          return [statement.Action ?? []]
            .flat()
            .filter((action) => action.includes('*') && !isKeyOwner(Type, statement, action))
            .map((action) => `${id}: allows ${action}, a family of actions`);
        }),
    ),
};

const isKeyOwner = (type: string, { Principal }: Statement, action: string): boolean =>
  type === 'AWS::KMS::Key' && action === 'kms:*' && JSON.stringify(Principal?.AWS).includes(':root');

function statementsIn(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Statement' ? ([inner].flat() as Statement[]) : statementsIn(inner),
  );
}
