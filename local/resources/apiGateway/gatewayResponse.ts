import { z } from 'zod';
import { TemplateError } from '../../errors.ts';
import { unknownVariables } from '../../api/gatewayResponse.ts';
import { cfnNumber, defineResource } from '../define.ts';

const literalHeader = /^gatewayresponse\.header\.([\w-]+)$/;

export const gatewayResponse = defineResource(
  'AWS::ApiGateway::GatewayResponse',
  {
    RestApiId: z.string(),
    ResponseType: z.string().regex(/^[A-Z0-9_]+$/),
    StatusCode: cfnNumber.int().min(100).max(599).optional(),
    ResponseParameters: z.record(z.string(), z.string()).default({}),
    ResponseTemplates: z.record(z.string(), z.string()).default({}),
  },
  (properties, { api }, scope) => {
    const headers: Record<string, string> = {};
    for (const [parameter, value] of Object.entries(properties.ResponseParameters)) {
      const name = literalHeader.exec(parameter)?.[1];
      const literal = /^'(.*)'$/s.exec(value)?.[1];
      if (name === undefined || literal === undefined) {
        throw new TemplateError(
          scope.where,
          `ResponseParameters: expected gatewayresponse.header.NAME with a literal in single quotes, got "${parameter}": "${value}"`,
        );
      }
      headers[name.toLowerCase()] = literal;
    }
    const unknown = Object.values(properties.ResponseTemplates).flatMap(unknownVariables);
    if (unknown.length > 0) {
      throw new TemplateError(
        scope.where,
        `ResponseTemplates: ${unknown.join(', ')} is not filled in by the stage on this machine`,
      );
    }
    api.api(properties.RestApiId).gatewayResponses.set(properties.ResponseType, {
      status: properties.StatusCode,
      headers,
      templates: properties.ResponseTemplates,
    });
    return { ref: scope.logicalId };
  },
);
