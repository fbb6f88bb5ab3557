import { alarms, compositeAlarms } from './alarms.ts';
import { apiMethods, apiStages } from './apis.ts';
import { dashboards } from './dashboards.ts';
import { databases, databaseTls } from './databases.ts';
import { functions, logGroups, redelivery } from './functions.ts';
import { securityGroups } from './network.ts';
import { permissions } from './permissions.ts';
import { size } from './size.ts';
import type { Rule, RuleContext, Template } from './template.ts';

/** What every template must hold, beyond CloudFormation's own rules and cdk-nag's. */
export const rules: readonly Rule[] = [
  alarms,
  apiMethods,
  apiStages,
  compositeAlarms,
  dashboards,
  databases,
  databaseTls,
  functions,
  logGroups,
  permissions,
  redelivery,
  securityGroups,
  size,
];

/** Every offence of a stack's template, each with the rule's name. */
export const findingsOf = (template: Template, context: RuleContext): string[] =>
  rules.flatMap((rule) => rule.check(template, context).map((finding) => `${rule.name}: ${finding}`));
