import { DescribeSecurityGroupRulesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { callLimit } from '../monitoring/callLimit.ts';

/** One TCP port of a security group that another group may reach. */
export const ingressRuleSchema = z.strictObject({
  groupId: z.string(),
  ipProtocol: z.literal('tcp'),
  port: z.number().int(),
  sourceGroupId: z.string(),
  /** Authorising gives it back; absent where the rule has none. */
  description: z.string().optional(),
});

export type IngressRule = z.infer<typeof ingressRuleSchema>;

/** Whether the group has exactly this rule now, whatever its description. */
export async function isPresent(ec2: EC2Client, rule: IngressRule): Promise<boolean> {
  let token: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeSecurityGroupRulesCommand({
        Filters: [{ Name: 'group-id', Values: [rule.groupId] }],
        ...(token === undefined ? {} : { NextToken: token }),
      }),
      { abortSignal: callLimit() },
    );
    const found = (page.SecurityGroupRules ?? []).some(
      (candidate) =>
        candidate.IsEgress !== true &&
        candidate.IpProtocol === rule.ipProtocol &&
        candidate.FromPort === rule.port &&
        candidate.ToPort === rule.port &&
        candidate.ReferencedGroupInfo?.GroupId === rule.sourceGroupId,
    );
    if (found) return true;
    token = page.NextToken;
  } while (token !== undefined);
  return false;
}
