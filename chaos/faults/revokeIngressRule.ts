import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  EC2ServiceException,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import { callLimit } from '../callLimit.ts';
import type { Fault } from './fault.ts';

const ruleSchema = z.strictObject({
  groupId: z.string(),
  ipProtocol: z.literal('tcp'),
  port: z.number().int(),
  sourceGroupId: z.string(),
  /** Authorising gives it back. */
  description: z.string(),
});

type Rule = z.infer<typeof ruleSchema>;

/**
 * Takes away the one rule that lets `db-ingress` reach `db-servers`. Established connections live on:
 * security groups are stateful. Its inverse authorises the very same rule; it then has a new rule id.
 */
export const revokeIngressRule: Fault = {
  name: 'revoke-ingress-rule',

  plan({ securityGroups: { dbServers, rule } }) {
    const exact: Rule = { groupId: dbServers, ...rule };
    return { arguments: exact, inverse: exact };
  },

  async obstacle(planned, { ec2 }) {
    const rule = ruleSchema.parse(planned);
    return (await isPresent(ec2, rule))
      ? null
      : `security group ${rule.groupId} has no rule ${inWords(rule)}: if an earlier drill took it away, ` +
          'run "headroom chaos restore"; otherwise deploy the system again';
  },

  async inject(planned, { clients: { ec2 } }) {
    const rule = ruleSchema.parse(planned);
    const revoke = new RevokeSecurityGroupIngressCommand({
      GroupId: rule.groupId,
      // AWS needs no description to find a rule; emulators of it do.
      IpPermissions: [permission(rule)],
    });
    try {
      await ec2.send(revoke, { abortSignal: callLimit() });
    } catch (error) {
      if (!isCode(error, 'InvalidPermission.NotFound')) throw error;
      throw new FaultNotAppliedError(
        `security group ${rule.groupId} had no rule ${inWords(rule)} to revoke`,
        { cause: error },
      );
    }
  },

  async restore(inverse, { clients: { ec2 } }) {
    const rule = ruleSchema.parse(inverse);
    const authorize = new AuthorizeSecurityGroupIngressCommand({
      GroupId: rule.groupId,
      IpPermissions: [permission(rule)],
    });
    try {
      await ec2.send(authorize, { abortSignal: callLimit() });
    } catch (error) {
      if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
    }
    if (await isPresent(ec2, rule)) return;
    throw new NotRestoredError(
      `rule ${inWords(rule)} was authorised but is not among the rules of ${rule.groupId}`,
    );
  },

  restoreCall(inverse) {
    const rule = ruleSchema.parse(inverse);
    return {
      target: 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress',
      input: { GroupId: rule.groupId, IpPermissions: [permission(rule)] },
    };
  },
};

const permission = (rule: Rule) => ({
  IpProtocol: rule.ipProtocol,
  FromPort: rule.port,
  ToPort: rule.port,
  UserIdGroupPairs: [{ GroupId: rule.sourceGroupId, Description: rule.description }],
});

/** Whether the group has exactly this rule now, whatever its description. */
export async function isPresent(ec2: EC2Client, rule: Rule): Promise<boolean> {
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

const inWords = (rule: Rule): string => `${rule.ipProtocol} ${rule.port} from ${rule.sourceGroupId}`;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof EC2ServiceException && error.name === code;
