import { z } from 'zod';
import { defineAction } from '../action.ts';
import { dryRunSchema, endDryRun, invalidEc2Input, ipPermissionsSchema, permissionsOf } from './shapes.ts';

export const revokeSecurityGroupIngress = defineAction({
  name: 'RevokeSecurityGroupIngress',
  invalidInput: invalidEc2Input,
  input: z
    .strictObject({
      DryRun: dryRunSchema,
      GroupId: z.string(),
      IpPermissions: ipPermissionsSchema.optional(),
      SecurityGroupRuleId: z.array(z.string()).min(1).optional(),
    })
    .refine((input) => (input.IpPermissions === undefined) !== (input.SecurityGroupRuleId === undefined), {
      error: 'expected either IpPermissions or SecurityGroupRuleId',
    }),
  handle: ({ DryRun, GroupId, IpPermissions, SecurityGroupRuleId }, { state }) => {
    endDryRun(DryRun);
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
