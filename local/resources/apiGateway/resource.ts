import { z } from 'zod';
import { TemplateError } from '../../errors.ts';
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
    const { resources } = api.api(RestApiId);
    for (const { parentId, pathPart } of resources.values()) {
      if (parentId !== ParentId || !isSameStep(pathPart, PathPart)) continue;
      throw new TemplateError(
        scope.where,
        `PathPart: expected ${PathPart} to differ from its sibling ${pathPart}: a resource has one parameter below it at most, and each name once`,
      );
    }
    resources.set(id, { parentId: ParentId, pathPart: PathPart });
    return { ref: id, attributes: { ResourceId: id } };
  },
);

/** Whether both could be the next step of one path; a greedy parameter is a parameter as well. */
const isSameStep = (one: string, other: string): boolean =>
  one === other || (one.startsWith('{') && other.startsWith('{'));
