import { z } from 'zod';
import { cfnBoolean, defineResource, inert, physicalId } from '../define.ts';

export const requestValidator = defineResource(
  'AWS::ApiGateway::RequestValidator',
  {
    RestApiId: z.string(),
    ValidateRequestParameters: cfnBoolean.default(false),
    ValidateRequestBody: cfnBoolean.default(false),
    Name: inert('a note'),
  },
  ({ RestApiId, ValidateRequestParameters, ValidateRequestBody }, { api }, scope) => {
    const id = physicalId(scope, 6);
    api.api(RestApiId).validators.set(id, {
      requestParameters: ValidateRequestParameters,
      requestBody: ValidateRequestBody,
    });
    return { ref: id, attributes: { RequestValidatorId: id } };
  },
);
