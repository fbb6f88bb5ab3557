import {
  AuthorizeSecurityGroupIngressCommand,
  EC2ServiceException,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { FaultNotAppliedError, NotRestoredError } from '../errors.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { ingressRuleSchema, isPresent, type IngressRule } from '../ingressRule.ts';
import { askByDryRun } from '../permissions.ts';
import type { Fault } from './fault.ts';

const revokeAction = 'ec2:RevokeSecurityGroupIngress';

/**
 * Takes away the one rule that lets `db-ingress` reach `db-servers`. Established connections live on:
 * security groups are stateful. Its inverse authorises the very same rule; it then has a new rule id.
 */
export const revokeIngressRule: Fault = {
  name: 'revoke-ingress-rule',
  cutsTraffic: true,
  needs: ['securityGroups'],

  plan({ securityGroups: { dbServers, rule } }) {
    const exact: IngressRule = { groupId: dbServers, ...rule };
    return { arguments: exact, inverse: exact };
  },

  async obstacle(planned, { ec2 }) {
    const rule = ingressRuleSchema.parse(planned);
    return (await isPresent(ec2, rule))
      ? null
      : `security group ${rule.groupId} has no rule ${inWords(rule)}: if an earlier drill took it away, ` +
          'run "headroom chaos restore"; otherwise deploy the system again';
  },

  async permissions({ arguments: planned }, { ec2 }) {
    const rule = ingressRuleSchema.parse(planned);
    const change = { GroupId: rule.groupId, IpPermissions: [permission(rule)], DryRun: true };
    // First what could do no harm if it were done in earnest, by an emulator that does not know the flag.
    const back = await askByDryRun('ec2:AuthorizeSecurityGroupIngress', () =>
      ec2.send(new AuthorizeSecurityGroupIngressCommand(change), { abortSignal: callLimit() }),
    );
    if (back.answer === 'not asked') return [back, { ...back, action: revokeAction }];
    const away = await askByDryRun(revokeAction, () =>
      ec2.send(new RevokeSecurityGroupIngressCommand(change), { abortSignal: callLimit() }),
    );
    return [away, back];
  },

  async inject(planned, { clients: { ec2 } }) {
    const rule = ingressRuleSchema.parse(planned);
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

  async lapse(planned, { ec2 }) {
    const rule = ingressRuleSchema.parse(planned);
    return (await isPresent(ec2, rule))
      ? `security group ${rule.groupId} has rule ${inWords(rule)} again, and the drill did not authorise it`
      : null;
  },

  async restore(inverse, { clients: { ec2 } }) {
    const rule = ingressRuleSchema.parse(inverse);
    const authorize = new AuthorizeSecurityGroupIngressCommand({
      GroupId: rule.groupId,
      IpPermissions: [permission(rule)],
    });
    try {
      await ec2.send(authorize, { abortSignal: callLimit() });
    } catch (error) {
      if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
    }
    if (await isPresent(ec2, rule)) return null;
    throw new NotRestoredError(
      `rule ${inWords(rule)} was authorised but is not among the rules of ${rule.groupId}`,
    );
  },

  restoreCall(inverse) {
    const rule = ingressRuleSchema.parse(inverse);
    return {
      target: 'arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress',
      input: { GroupId: rule.groupId, IpPermissions: [permission(rule)] },
    };
  },
};

const permission = (rule: IngressRule) => ({
  IpProtocol: rule.ipProtocol,
  FromPort: rule.port,
  ToPort: rule.port,
  UserIdGroupPairs: [
    {
      GroupId: rule.sourceGroupId,
      ...(rule.description !== undefined && { Description: rule.description }),
    },
  ],
});

const inWords = (rule: IngressRule): string => `${rule.ipProtocol} ${rule.port} from ${rule.sourceGroupId}`;

const isCode = (error: unknown, code: string): boolean =>
  error instanceof EC2ServiceException && error.name === code;
