import { z } from 'zod';
import { defineResource, inert, physicalId } from '../define.ts';

export const restApi = defineResource(
  'AWS::ApiGateway::RestApi',
  {
    Name: z.string(),
    BinaryMediaTypes: z.array(z.string()).default([]),
    EndpointConfiguration: inert('there is one front, on loopback'),
    Policy: inert('who may call is decided by signature alone on this machine'),
    Description: inert('a note'),
  },
  (properties, { api }, scope) => {
    const { id, rootResourceId } = api.addApi(
      physicalId(scope, 10),
      properties.Name,
      properties.BinaryMediaTypes,
    );
    return { ref: id, attributes: { RestApiId: id, RootResourceId: rootResourceId } };
  },
);
