import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { defineResource, generatedName } from './define.ts';

export const dashboard = defineResource(
  'AWS::CloudWatch::Dashboard',
  { DashboardName: z.string().optional(), DashboardBody: z.string() },
  (properties, { dashboards }, scope) => {
    const name = properties.DashboardName ?? generatedName(scope);
    try {
      JSON.parse(properties.DashboardBody);
    } catch (error) {
      throw new TemplateError(scope.where, 'DashboardBody: expected JSON', { cause: error });
    }
    dashboards.set(name, properties.DashboardBody);
    return { ref: name };
  },
);
