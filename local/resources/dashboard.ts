import { z } from 'zod';
import { parseExpression } from '../../cloudwatch/mathExpression.ts';
import { TemplateError } from '../errors.ts';
import { defineResource, generatedName } from './define.ts';

/** As much of a dashboard's body as holds expressions: options at the end of a metric's row. */
const bodySchema = z.looseObject({
  widgets: z
    .array(
      z.looseObject({
        properties: z.looseObject({ metrics: z.array(z.array(z.unknown())).optional() }).optional(),
      }),
    )
    .optional(),
});
const rowOptionsSchema = z.looseObject({ expression: z.string() });

export const dashboard = defineResource(
  'AWS::CloudWatch::Dashboard',
  { DashboardName: z.string().optional(), DashboardBody: z.string() },
  (properties, { dashboards }, scope) => {
    const name = properties.DashboardName ?? generatedName(scope);
    let body: unknown;
    try {
      body = JSON.parse(properties.DashboardBody);
    } catch (error) {
      throw new TemplateError(scope.where, 'DashboardBody: expected JSON', { cause: error });
    }
    for (const expression of expressionsOf(body)) {
      try {
        parseExpression(expression);
      } catch (error) {
        throw new TemplateError(scope.where, `DashboardBody: ${(error as Error).message}`, { cause: error });
      }
    }
    dashboards.set(name, properties.DashboardBody);
    return { ref: name };
  },
);

/** What could never be drawn is refused at boot, and not when somebody looks. */
function expressionsOf(body: unknown): string[] {
  const { data } = bodySchema.safeParse(body);
  return (data?.widgets ?? [])
    .flatMap(({ properties }) => properties?.metrics?.flat() ?? [])
    .flatMap((option) => {
      const parsed = rowOptionsSchema.safeParse(option);
      return parsed.success ? [parsed.data.expression] : [];
    });
}
