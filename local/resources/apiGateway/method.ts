import { z } from 'zod';
import { TemplateError } from '../../errors.ts';
import { cfnBoolean, cfnNumber, defineResource, functionName, inert } from '../define.ts';

/** `arn:aws:apigateway:region:lambda:path/2015-03-31/functions/{function ARN}/invocations` */
const invocationUri =
  /^arn:aws:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[^/]+)\/invocations$/;

const parameterName = /^method\.request\.(querystring|header)\.(.+)$/;

export const apiMethod = defineResource(
  'AWS::ApiGateway::Method',
  {
    RestApiId: z.string(),
    ResourceId: z.string(),
    HttpMethod: z.string(),
    AuthorizationType: z.enum(['AWS_IAM', 'NONE']),
    ApiKeyRequired: z.literal(false).optional(),
    RequestParameters: z.record(z.string(), cfnBoolean).default({}),
    RequestValidatorId: z.string().optional(),
    Integration: z.strictObject({
      Type: z.literal('AWS_PROXY'),
      IntegrationHttpMethod: z.literal('POST'),
      Uri: z.string(),
      TimeoutInMillis: cfnNumber.int().min(50).max(29_000).default(29_000),
    }),
    OperationName: inert('a note'),
  },
  (properties, { api }, scope) => {
    const uri = invocationUri.exec(properties.Integration.Uri);
    if (!uri?.[1]) {
      throw new TemplateError(
        scope.where,
        `Integration.Uri: expected a Lambda invocation path, got "${properties.Integration.Uri}"`,
      );
    }
    const required: { querystring: string[]; header: string[] } = { querystring: [], header: [] };
    for (const [parameter, isRequired] of Object.entries(properties.RequestParameters)) {
      const match = parameterName.exec(parameter);
      if (!match?.[2]) {
        throw new TemplateError(
          scope.where,
          `RequestParameters: expected method.request.querystring.NAME or method.request.header.NAME, got "${parameter}"`,
        );
      }
      if (isRequired) required[match[1] as keyof typeof required].push(match[2]);
    }
    api.api(properties.RestApiId).methods.push({
      resourceId: properties.ResourceId,
      httpMethod: properties.HttpMethod,
      authorization: properties.AuthorizationType,
      required,
      validatorId: properties.RequestValidatorId,
      functionName: functionName(uri[1]),
      timeoutMs: properties.Integration.TimeoutInMillis,
    });
    return { ref: scope.logicalId };
  },
);
