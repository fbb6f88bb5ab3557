import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidEc2Input, ipPermissionsSchema, permissionsOf } from './shapes.ts';

export const revokeSecurityGroupIngress = defineAction({
  name: 'RevokeSecurityGroupIngress',
  invalidInput: invalidEc2Input,
  input: z
    .strictObject({
      GroupId: z.string(),
      IpPermissions: ipPermissionsSchema.optional(),
      SecurityGroupRuleId: z.array(z.string()).min(1).optional(),
    })
    .refine((input) => (input.IpPermissions === undefined) !== (input.SecurityGroupRuleId === undefined), {
      error: 'expected either IpPermissions or SecurityGroupRuleId',
    }),
  handle: ({ GroupId, IpPermissions, SecurityGroupRuleId }, { state }) => {
    const removed = IpPermissions
      ? state.securityGroups.revokeIngress(GroupId, permissionsOf(IpPermissions))
      : state.securityGroups.revokeIngressById(GroupId, SecurityGroupRuleId ?? []);
    return {
      return: true,
      revokedSecurityGroupRuleSet: removed.map((rule) => ({
        securityGroupRuleId: rule.ruleId,
        groupId: rule.groupId,
        isEgress: false,
        ipProtocol: rule.protocol,
        fromPort: rule.fromPort,
        toPort: rule.toPort,
        description: rule.description,
        ...('groupId' in rule.source
          ? { referencedGroupId: rule.source.groupId }
          : { cidrIpv4: rule.source.cidrIpv4 }),
      })),
    };
  },
});
