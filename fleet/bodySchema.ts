import { z } from 'zod';

/**
 * Keywords that models of API Gateway do not take (apigateway/latest/developerguide/api-gateway-known-issues.html), and
 * those that lead out of a schema.
 */
const unsupported = [
  '$ref',
  'additionalProperties',
  'anyOf',
  'discriminator',
  'example',
  'exclusiveMinimum',
  'oneOf',
  'readOnly',
];

/** A JSON schema of draft 4 that a model of API Gateway can be made of. */
export const bodySchema = z.record(z.string(), z.json()).superRefine((schema, context) => {
  for (const keyword of new Set(keywordsOf(schema))) {
    if (!unsupported.includes(keyword)) continue;
    context.addIssue({
      code: 'custom',
      message: `expected a schema without ${keyword}, which API Gateway does not support`,
    });
  }
  try {
    z.fromJSONSchema(schema, { defaultTarget: 'draft-4' });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `expected a JSON schema of draft 4: ${problem}` });
  }
});

/** Names that are keywords, wherever in a schema; those of properties are not. */
function keywordsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywordsOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (keyword === 'enum' || keyword === 'default') return [];
    const inner: unknown = keyword === 'properties' ? Object.values(value as object) : value;
    return [keyword, ...keywordsOf(inner)];
  });
}
