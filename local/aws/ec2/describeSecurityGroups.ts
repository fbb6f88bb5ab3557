import { z } from 'zod';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import { page } from '../page.ts';
import type { IngressRule } from './securityGroups.ts';
import { filtersSchema, invalidEc2Input, passes } from './shapes.ts';

export const describeSecurityGroups = defineAction({
  name: 'DescribeSecurityGroups',
  invalidInput: invalidEc2Input,
  input: z.strictObject({
    Filter: filtersSchema,
    GroupId: z.array(z.string()).optional(),
    GroupName: z.array(z.string()).optional(),
    MaxResults: z.number().int().min(5).max(1000).optional(),
    NextToken: z.string().optional(),
  }),
  handle: ({ Filter, GroupId, GroupName, MaxResults, NextToken }, { state, accountId }) => {
    if (GroupId && MaxResults !== undefined) {
      throw new AwsError(
        'InvalidParameterCombination',
        'The parameter GroupIds cannot be used with the parameter MaxResults',
      );
    }
    const groups = state.securityGroups.groups();
    for (const groupId of GroupId ?? []) {
      if (!groups.some((group) => group.id === groupId)) {
        throw new AwsError('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
      }
    }
    const found = groups
      .filter((group) => GroupId?.includes(group.id) ?? true)
      .filter((group) => GroupName?.includes(group.name) ?? true)
      .filter((group) =>
        passes(Filter, { 'group-id': group.id, 'group-name': group.name, 'vpc-id': group.vpcId }),
      );
    const { items, nextToken } = page(found, MaxResults ?? 1_000, NextToken, invalidEc2Input);
    return {
      securityGroupInfo: items.map((group) => ({
        ownerId: accountId,
        groupId: group.id,
        groupName: group.name,
        groupDescription: group.description,
        vpcId: group.vpcId,
        ipPermissions: state.securityGroups.rulesOf(group.id).map((rule) => permissionShape(rule, accountId)),
      })),
      nextToken,
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
