import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { filtersSchema, invalidEc2Input, passes, ruleShape } from './shapes.ts';

export const describeSecurityGroupRules = defineAction({
  name: 'DescribeSecurityGroupRules',
  invalidInput: invalidEc2Input,
  input: z.strictObject({
    Filter: filtersSchema,
    SecurityGroupRuleId: z.array(z.string()).optional(),
    // Every rule is in the one page: a group here has a handful.
    MaxResults: z.coerce.number().int().min(5).max(1000).optional(),
  }),
  handle: ({ Filter, SecurityGroupRuleId }, { state, region, accountId }) => {
    const rules = state.securityGroups.groups().flatMap(({ id }) => state.securityGroups.rulesOf(id));
    for (const ruleId of SecurityGroupRuleId ?? []) {
      if (!rules.some((rule) => rule.ruleId === ruleId)) {
        throw new AwsError(
          'InvalidSecurityGroupRuleId.NotFound',
          `The security group rule ID '${ruleId}' does not exist`,
        );
      }
    }
    return {
      securityGroupRuleSet: rules
        .filter((rule) => SecurityGroupRuleId?.includes(rule.ruleId) ?? true)
        .filter((rule) => passes(Filter, { 'group-id': rule.groupId, 'security-group-rule-id': rule.ruleId }))
        .map((rule) => ruleShape(rule, { region, accountId })),
    };
  },
});
