import { z } from 'zod';
import type { FunctionIntegration } from '../../api/definition.ts';
import { TemplateError } from '../../errors.ts';
import { cfnBoolean, cfnNumber, defineResource, functionName, inert } from '../define.ts';
import { mockIntegrationSchema, readMockIntegration } from './mockIntegration.ts';

/** `arn:aws:apigateway:region:lambda:path/2015-03-31/functions/{function ARN}/invocations` */
const invocationUri =
  /^arn:aws:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[^/]+)\/invocations$/;

const parameterName = /^method\.request\.(querystring|header|path)\.(.+)$/;

const functionIntegrationSchema = z.strictObject({
  Type: z.literal('AWS_PROXY'),
  IntegrationHttpMethod: z.literal('POST'),
  Uri: z.string(),
  TimeoutInMillis: cfnNumber.int().min(50).max(29_000).default(29_000),
});

export const apiMethod = defineResource(
  'AWS::ApiGateway::Method',
  {
    RestApiId: z.string(),
    ResourceId: z.string(),
    HttpMethod: z.string(),
    AuthorizationType: z.enum(['AWS_IAM', 'NONE']),
    ApiKeyRequired: cfnBoolean.default(false),
    RequestParameters: z.record(z.string(), cfnBoolean).default({}),
    RequestModels: z.record(z.string(), z.string()).default({}),
    RequestValidatorId: z.string().optional(),
    Integration: z.discriminatedUnion('Type', [functionIntegrationSchema, mockIntegrationSchema], {
      error: 'expected an Integration of Type AWS_PROXY or MOCK',
    }),
    MethodResponses: inert('a note for generated clients: what is answered stands in the integration'),
    OperationName: inert('a note'),
  },
  (properties, { api }, scope) => {
    const { Integration } = properties;
    api.api(properties.RestApiId).methods.push({
      resourceId: properties.ResourceId,
      httpMethod: properties.HttpMethod,
      authorization: properties.AuthorizationType,
      needsApiKey: properties.ApiKeyRequired,
      required: requiredOf(properties.RequestParameters, scope.where),
      requestModels: properties.RequestModels,
      validatorId: properties.RequestValidatorId,
      integration:
        Integration.Type === 'MOCK'
          ? readMockIntegration(Integration, scope.where)
          : readFunctionIntegration(Integration, scope.where),
    });
    return { ref: scope.logicalId };
  },
);

/** Of a path nothing is required: a route that lacks a part of it is another. */
function requiredOf(
  parameters: Readonly<Record<string, boolean>>,
  where: string,
): { querystring: string[]; header: string[] } {
  const required: { querystring: string[]; header: string[]; path: string[] } = {
    querystring: [],
    header: [],
    path: [],
  };
  for (const [parameter, isRequired] of Object.entries(parameters)) {
    const match = parameterName.exec(parameter);
    if (!match?.[2]) {
      throw new TemplateError(
        where,
        `RequestParameters: expected method.request.querystring.NAME, .header.NAME or .path.NAME, got "${parameter}"`,
      );
    }
    if (isRequired) required[match[1] as keyof typeof required].push(match[2]);
  }
  const { querystring, header } = required;
  return { querystring, header };
}

function readFunctionIntegration(
  { Uri, TimeoutInMillis }: z.output<typeof functionIntegrationSchema>,
  where: string,
): FunctionIntegration {
  const uri = invocationUri.exec(Uri);
  if (!uri?.[1]) {
    throw new TemplateError(where, `Integration.Uri: expected a Lambda invocation path, got "${Uri}"`);
  }
  return { functionName: functionName(uri[1]), timeoutMs: TimeoutInMillis };
}
