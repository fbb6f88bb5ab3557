import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidEc2Input, ipPermissionsSchema, permissionsOf, ruleShape } from './shapes.ts';

export const authorizeSecurityGroupIngress = defineAction({
  name: 'AuthorizeSecurityGroupIngress',
  invalidInput: invalidEc2Input,
  input: z.strictObject({ GroupId: z.string(), IpPermissions: ipPermissionsSchema }),
  handle: ({ GroupId, IpPermissions }, { state, region, accountId }) => {
    const added = state.securityGroups.authorizeIngress(GroupId, permissionsOf(IpPermissions));
    return {
      return: true,
      securityGroupRuleSet: added.map((rule) => ruleShape(rule, { region, accountId })),
    };
  },
});
