import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { page } from '../page.ts';
import { filtersSchema, invalidEc2Input, passes, ruleShape } from './shapes.ts';

export const describeSecurityGroupRules = defineAction({
  name: 'DescribeSecurityGroupRules',
  invalidInput: invalidEc2Input,
  input: z.strictObject({
    Filter: filtersSchema,
    SecurityGroupRuleId: z.array(z.string()).optional(),
    MaxResults: z.number().int().min(5).max(1000).default(1000),
    NextToken: z.string().optional(),
  }),
  handle: ({ Filter, SecurityGroupRuleId, MaxResults, NextToken }, { state, region, accountId }) => {
    const rules = state.securityGroups.groups().flatMap(({ id }) => state.securityGroups.rulesOf(id));
    for (const ruleId of SecurityGroupRuleId ?? []) {
      if (!rules.some((rule) => rule.ruleId === ruleId)) {
        throw new AwsError(
          'InvalidSecurityGroupRuleId.NotFound',
          `The security group rule ID '${ruleId}' does not exist`,
        );
      }
    }
    const found = rules
      .filter((rule) => SecurityGroupRuleId?.includes(rule.ruleId) ?? true)
      .filter((rule) => passes(Filter, { 'group-id': rule.groupId, 'security-group-rule-id': rule.ruleId }));
    const { items, nextToken } = page(found, MaxResults, NextToken, invalidEc2Input);
    return {
      securityGroupRuleSet: items.map((rule) => ruleShape(rule, { region, accountId })),
      nextToken,
    };
  },
});
