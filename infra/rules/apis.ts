import { openResources } from '../openResources.ts';
import { resourcesOf, roughly, statementsIn, type Rule, type Statement, type Template } from './template.ts';

interface Integration {
  Type?: string;
  IntegrationHttpMethod?: string;
  Uri?: unknown;
}

/** Every method but the contract's open routes is authorised by IAM or asks for an API key, as it says, and all invoke a function of their own stack. */
export const apiMethods: Rule = {
  name: 'apiMethods',
  check: (template, { openRoutes, keyedRoutes }) =>
    resourcesOf(template, 'AWS::ApiGateway::Method').flatMap(([id, properties]) => {
      const { Type, IntegrationHttpMethod, Uri } = (properties['Integration'] ?? {}) as Integration;
      const route = routeOf(template, properties);
      const isKeyed = keyedRoutes.includes(route);
      return [
        properties['AuthorizationType'] !== 'AWS_IAM' &&
          !isKeyed &&
          !openRoutes.includes(route) &&
          `${id}: expected IAM's authorisation`,
        isKeyed && properties['ApiKeyRequired'] !== true && `${id}: asks for no API key`,
        Type !== 'AWS_PROXY' && `${id}: expected a proxy integration, got ${String(Type)}`,
        IntegrationHttpMethod !== 'POST' && `${id}: functions are invoked by POST`,
        !isInvocation(template, Uri) && `${id}: its URI invokes no function of the stack`,
      ].filter((finding) => finding !== false);
    }),
};

/** A method's route: `GET /orders/{orderId}`. */
const routeOf = (template: Template, { HttpMethod, ResourceId }: Record<string, unknown>): string =>
  `${String(HttpMethod)} ${pathOf(template, ResourceId) || '/'}`;

function pathOf(template: Template, resourceId: unknown): string {
  const { Ref = '' } = (resourceId ?? {}) as { Ref?: string };
  const properties = template.Resources[Ref]?.Properties;
  return properties ? `${pathOf(template, properties['ParentId'])}/${String(properties['PathPart'])}` : '';
}

const invocation =
  /^arn:-*(?:aws|AWS::Partition-*):apigateway:[\w:-]+:lambda:path\/2015-03-31\/functions\/([\w.]+?)\.Arn-*\/invocations$/;

function isInvocation(template: Template, uri: unknown): boolean {
  const logicalId = invocation.exec(roughly(uri))?.[1];
  return logicalId !== undefined && template.Resources[logicalId]?.Type === 'AWS::Lambda::Function';
}

/**
 * An API's own policy allows nobody, so that IAM decides: within an account an Allow of either would do; but the
 * contract's open routes. A private one denies what does not come through its endpoint.
 */
export const apiPolicies: Rule = {
  name: 'apiPolicies',
  check: (template, { openRoutes, keyedRoutes }) =>
    resourcesOf(template, 'AWS::ApiGateway::RestApi').flatMap(([id, { Policy, EndpointConfiguration }]) => {
      const statements = statementsIn(Policy);
      const { Types = [] } = (EndpointConfiguration ?? {}) as { Types?: string[] };
      const closed = statements.some(
        ({ Effect, Principal, Condition }) =>
          Effect === 'Deny' && Principal !== undefined && isAllBut('aws:SourceVpce', Condition),
      );
      return [
        ...(statements.some(
          ({ Effect, Resource }) => Effect === 'Allow' && !isOpen([...openRoutes, ...keyedRoutes], Resource),
        )
          ? [`${id}: its policy lets callers in whom IAM allows nothing`]
          : []),
        ...(Types.includes('PRIVATE') && !closed
          ? [`${id}: lets in requests from other endpoints than its own`]
          : []),
      ];
    }),
};

const isOpen = (openRoutes: readonly string[], resource: unknown): boolean => {
  const open: readonly unknown[] = openResources(openRoutes);
  return [resource].flat().every((one) => open.includes(one));
};

const isAllBut = (key: string, condition: Statement['Condition']): boolean =>
  condition?.['StringNotEquals']?.[key] !== undefined;

/** Variables of an access log's format that hold what a client sent. */
const clientData = /\$context\.(path|requestOverride|authorizer\.|identity\.(sourceIp|userAgent))|\$input/;

/** Requests are throttled and logged, without what a client sent. */
export const apiStages: Rule = {
  name: 'apiStages',
  check: (template) =>
    resourcesOf(template, 'AWS::ApiGateway::Stage').flatMap(([id, properties]) => {
      const { DestinationArn, Format = '' } = (properties['AccessLogSetting'] ?? {}) as {
        DestinationArn?: unknown;
        Format?: string;
      };
      const settings = (properties['MethodSettings'] ?? []) as Record<string, unknown>[];
      const logged = clientData.exec(Format);
      return [
        DestinationArn === undefined && `${id}: writes no access log`,
        logged && `${id}: its access log holds ${logged[0]}, which is a client's`,
        settings.some(({ DataTraceEnabled }) => DataTraceEnabled === true) && `${id}: traces requests whole`,
        !settings.some((one) => one['HttpMethod'] === '*' && Number(one['ThrottlingRateLimit']) > 0) &&
          `${id}: throttles nobody`,
        !resourcesOf(template, 'AWS::WAFv2::WebACLAssociation').some(([, { ResourceArn }]) =>
          JSON.stringify(ResourceArn).includes(`"Ref":"${id}"`),
        ) && `${id}: no web ACL stands before it`,
      ].filter((finding) => typeof finding === 'string');
    }),
};
