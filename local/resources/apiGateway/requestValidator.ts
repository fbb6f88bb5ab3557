import { z } from 'zod';
import { cfnBoolean, defineResource, inert, physicalId } from '../define.ts';

export const requestValidator = defineResource(
  'AWS::ApiGateway::RequestValidator',
  {
    RestApiId: z.string(),
    ValidateRequestParameters: cfnBoolean.default(false),
    ValidateRequestBody: z.literal(false).optional(),
    Name: inert('a note'),
  },
  (properties, { api }, scope) => {
    const id = physicalId(scope, 6);
    api
      .api(properties.RestApiId)
      .validators.set(id, { requestParameters: properties.ValidateRequestParameters });
    return { ref: id, attributes: { RequestValidatorId: id } };
  },
);
