import { z } from 'zod';
import type { BodyModel } from '../../api/definition.ts';
import { TemplateError } from '../../errors.ts';
import { defineResource, generatedName, inert } from '../define.ts';

export const apiModel = defineResource(
  'AWS::ApiGateway::Model',
  {
    RestApiId: z.string(),
    Name: z.string().optional(),
    Schema: z.union([z.string(), z.record(z.string(), z.unknown())]),
    ContentType: inert('which bodies a model is for stands in the method'),
    Description: inert('a note'),
  },
  ({ RestApiId, Name, Schema }, { api }, scope) => {
    const name = Name ?? generatedName(scope).replaceAll(/[^A-Za-z0-9]/g, '');
    api.api(RestApiId).models.set(name, readSchema(Schema, scope.where));
    return { ref: name };
  },
);

/** API Gateway's models are JSON schemas of draft 4. */
function readSchema(schema: string | Record<string, unknown>, where: string): BodyModel {
  try {
    const parsed = (typeof schema === 'string' ? JSON.parse(schema) : schema) as Parameters<
      typeof z.fromJSONSchema
    >[0];
    const checked = z.fromJSONSchema(parsed, { defaultTarget: 'draft-4' });
    return (body) =>
      checked
        .safeParse(body)
        .error?.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')) ?? [];
  } catch (error) {
    throw new TemplateError(
      where,
      `Schema: expected a JSON schema that this stage can check: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
