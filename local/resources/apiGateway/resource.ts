import { z } from 'zod';
import { defineResource, physicalId } from '../define.ts';

export const apiResource = defineResource(
  'AWS::ApiGateway::Resource',
  {
    RestApiId: z.string(),
    ParentId: z.string(),
    PathPart: z.string().regex(/^(?:\{[\w.:-]+\+?\}|[\w.:$@!*'()~-]+)$/, {
      error: 'expected a name, {parameter} or {proxy+}',
    }),
  },
  ({ RestApiId, ParentId, PathPart }, { api }, scope) => {
    const id = physicalId(scope, 6);
    api.api(RestApiId).resources.set(id, { parentId: ParentId, pathPart: PathPart });
    return { ref: id, attributes: { ResourceId: id } };
  },
);
