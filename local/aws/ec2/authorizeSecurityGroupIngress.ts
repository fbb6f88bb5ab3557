import { z } from 'zod';
import { defineAction } from '../action.ts';
import {
  dryRunSchema,
  endDryRun,
  invalidEc2Input,
  ipPermissionsSchema,
  permissionsOf,
  ruleShape,
} from './shapes.ts';

export const authorizeSecurityGroupIngress = defineAction({
  name: 'AuthorizeSecurityGroupIngress',
  invalidInput: invalidEc2Input,
  input: z.strictObject({ DryRun: dryRunSchema, GroupId: z.string(), IpPermissions: ipPermissionsSchema }),
  handle: ({ DryRun, GroupId, IpPermissions }, { state, region, accountId }) => {
    endDryRun(DryRun);
    const added = state.securityGroups.authorizeIngress(GroupId, permissionsOf(IpPermissions));
    return {
      return: true,
      securityGroupRuleSet: added.map((rule) => ruleShape(rule, { region, accountId })),
    };
  },
});
