import { z } from 'zod';
import { readMappingTemplate, type MappingTemplate } from '../../api/mappingTemplate.ts';
import type { MockIntegration } from '../../api/mockIntegration.ts';
import { TemplateError } from '../../errors.ts';
import { cfnNumber } from '../define.ts';

export const mockIntegrationSchema = z.strictObject({
  Type: z.literal('MOCK'),
  RequestTemplates: z.record(z.string(), z.string()).default({}),
  PassthroughBehavior: z
    .literal('WHEN_NO_MATCH', { error: 'expected WHEN_NO_MATCH: others are not told apart here' })
    .optional(),
  IntegrationResponses: z
    .array(
      z.strictObject({
        StatusCode: cfnNumber.int().min(100).max(599),
        SelectionPattern: z.string().optional(),
        ResponseParameters: z.record(z.string(), z.string()).default({}),
        ResponseTemplates: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
});

const headerName = /^method\.response\.header\.([\w-]+)$/;

/** Reads what a mock integration answers with. */
export function readMockIntegration(
  { RequestTemplates, IntegrationResponses }: z.output<typeof mockIntegrationSchema>,
  where: string,
): MockIntegration {
  const statuses = Object.entries(RequestTemplates).map(([contentType, template]) => {
    const status = /^\s*\{\s*"?statusCode"?\s*:\s*"?(\d{3})"?\s*\}\s*$/.exec(template)?.[1];
    if (status === undefined) {
      throw new TemplateError(
        where,
        `Integration.RequestTemplates: expected { "statusCode": NUMBER } for a mock, got ${template}`,
      );
    }
    return [contentType.toLowerCase(), Number(status)] as const;
  });
  return {
    statusByContentType: Object.fromEntries(statuses),
    responses: IntegrationResponses.map((response) => ({
      selection:
        response.SelectionPattern === undefined
          ? undefined
          : new RegExp(`^(?:${response.SelectionPattern})$`),
      status: response.StatusCode,
      headers: headersOf(response.ResponseParameters, where),
      template: templateOf(response.ResponseTemplates, where),
    })),
  };
}

function headersOf(parameters: Readonly<Record<string, string>>, where: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, value] of Object.entries(parameters)) {
    const name = headerName.exec(parameter)?.[1];
    const literal = /^'(.*)'$/s.exec(value)?.[1];
    if (name === undefined || literal === undefined) {
      throw new TemplateError(
        where,
        `ResponseParameters: expected method.response.header.NAME with a literal in single quotes, got "${parameter}": "${value}"`,
      );
    }
    headers[name.toLowerCase()] = literal;
  }
  return headers;
}

function templateOf(templates: Readonly<Record<string, string>>, where: string): MappingTemplate {
  try {
    return readMappingTemplate(templates['application/json'] ?? Object.values(templates)[0] ?? '');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TemplateError(where, `ResponseTemplates: ${problem}`, { cause: error });
  }
}
