import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import type { IngressRule } from './securityGroups.ts';
import { filtersSchema, invalidEc2Input, passes } from './shapes.ts';

export const describeSecurityGroups = defineAction({
  name: 'DescribeSecurityGroups',
  invalidInput: invalidEc2Input,
  input: z.strictObject({
    Filter: filtersSchema,
    GroupId: z.array(z.string()).optional(),
    GroupName: z.array(z.string()).optional(),
  }),
  handle: ({ Filter, GroupId, GroupName }, { state, accountId }) => {
    const groups = state.securityGroups.groups();
    for (const groupId of GroupId ?? []) {
      if (!groups.some((group) => group.id === groupId)) {
        throw new AwsError('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
      }
    }
    return {
      securityGroupInfo: groups
        .filter((group) => GroupId?.includes(group.id) ?? true)
        .filter((group) => GroupName?.includes(group.name) ?? true)
        .filter((group) =>
          passes(Filter, { 'group-id': group.id, 'group-name': group.name, 'vpc-id': group.vpcId }),
        )
        .map((group) => ({
          ownerId: accountId,
          groupId: group.id,
          groupName: group.name,
          groupDescription: group.description,
          vpcId: group.vpcId,
          ipPermissions: state.securityGroups
            .rulesOf(group.id)
            .map((rule) => permissionShape(rule, accountId)),
        })),
    };
  },
});

const permissionShape = (rule: IngressRule, accountId: string) => ({
  ipProtocol: rule.protocol,
  fromPort: rule.fromPort,
  toPort: rule.toPort,
  ...('groupId' in rule.source
    ? {
        groups: [{ groupId: rule.source.groupId, userId: accountId, description: rule.description }],
      }
    : { ipRanges: [{ cidrIp: rule.source.cidrIpv4, description: rule.description }] }),
});
