import { statementsIn, type Rule, type Statement } from './template.ts';

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
  type === 'AWS::KMS::Key' &&
  action === 'kms:*' &&
  typeof Principal === 'object' &&
  JSON.stringify([Principal.AWS]).includes(':root');

/** No policy of a resource allows anything to everybody: who may is somebody, or IAM's decision. An API's has a rule of its own. */
export const principals: Rule = {
  name: 'principals',
  check: (template) =>
    Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) =>
      (Type === 'AWS::ApiGateway::RestApi' ? [] : statementsIn(Properties))
        .filter(({ Effect, Principal }) => Effect === 'Allow' && isEverybody(Principal))
        .map(({ Action }) => `${id}: allows everybody ${[Action].flat().join(', ')}`),
    ),
};

const isEverybody = (principal: Statement['Principal']): boolean =>
  principal === '*' || (typeof principal === 'object' && [principal.AWS].flat().includes('*'));
