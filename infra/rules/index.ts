import { awsPeriodSeconds } from '../../fleet/stageSchema.ts';
import { keyedRoutes, openRoutes } from '../../fleet/service.ts';
import { TemplateRuleError } from '../errors.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { alarms, compositeAlarms } from './alarms.ts';
import { apiMethods, apiPolicies, apiStages } from './apis.ts';
import { dashboards } from './dashboards.ts';
import { databases, databaseTls } from './databases.ts';
import { functions, logGroups, redelivery } from './functions.ts';
import { securityGroups } from './network.ts';
import { permissions, principals } from './permissions.ts';
import { size } from './size.ts';
import type { Rule, RuleContext, Template } from './template.ts';

/** What every template must hold, beyond CloudFormation's own rules and cdk-nag's. */
export const rules: readonly Rule[] = [
  alarms,
  apiMethods,
  apiPolicies,
  apiStages,
  compositeAlarms,
  dashboards,
  databases,
  databaseTls,
  functions,
  logGroups,
  permissions,
  principals,
  redelivery,
  securityGroups,
  size,
];

/** Every offence of a stack's template, each with the rule's name. */
export const findingsOf = (template: Template, context: RuleContext): string[] =>
  rules.flatMap((rule) => rule.check(template, context).map((finding) => `${rule.name}: ${finding}`));

/**
 * Holds every stack of an app against the rules.
 * @throws TemplateRuleError naming stack, rule and resource of each offence.
 */
export function checkTemplates(
  fleet: Fleet,
  stacks: readonly { stackName: string; template: unknown }[],
): void {
  const findings = stacks.flatMap(({ stackName, template }) => {
    const stage = Object.keys(fleet.stages).find((name) => stackName.startsWith(`${name}-`));
    const shortestPeriodSeconds = fleet.stages[stage ?? '']?.periodSeconds ?? awsPeriodSeconds;
    return findingsOf(template as Template, {
      shortestPeriodSeconds,
      openRoutes: openRoutes(fleet.service),
      keyedRoutes: keyedRoutes(fleet.service),
    }).map((finding) => `${stackName}: ${finding}`);
  });
  if (findings.length > 0) throw new TemplateRuleError(findings);
}
