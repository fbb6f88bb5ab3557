import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { AwsError } from '../errors.ts';
import { normalized, type IngressPermission } from './ingressPermission.ts';

export interface IngressRule extends IngressPermission {
  /** `sgr-…`; a rule that is authorised again has a new one. */
  ruleId: string;
  groupId: string;
}

export interface SecurityGroup {
  id: string;
  name: string;
  description: string;
  vpcId: string;
}

/** Who wants to connect to whom. */
export interface ConnectionAttempt {
  sourceGroupIds: readonly string[];
  targetGroupIds: readonly string[];
  protocol: 'tcp' | 'udp';
  port: number;
}

/** Addresses mean nothing on one machine, except for the range that is everybody. */
const everywhere = '0.0.0.0/0';

/**
 * The stage's security groups and their ingress rules, with EC2's exactness: a revoke must name a rule as
 * it was authorised, and an authorisation of a rule that exists is refused. `change` follows every change
 * of the rules. Whether established connections survive is the proxy's matter (network/securityGroupProxy.ts), not the rules'.
 */
export class SecurityGroups extends EventEmitter<{ change: [] }> {
  readonly #groups = new Map<string, { group: SecurityGroup; rules: IngressRule[] }>();

  addGroup(group: SecurityGroup): void {
    this.#groups.set(group.id, { group, rules: [] });
  }

  groups(): SecurityGroup[] {
    return [...this.#groups.values()].map(({ group }) => group);
  }

  /** @throws AwsError `InvalidGroup.NotFound` */
  rulesOf(groupId: string): readonly IngressRule[] {
    return this.#entry(groupId).rules;
  }

  /**
   * All permissions or none.
   * @throws AwsError `InvalidGroup.NotFound`, `InvalidPermission.Duplicate`, and for what `normalized` refuses
   */
  authorizeIngress(groupId: string, permissions: readonly IngressPermission[]): IngressRule[] {
    const { rules } = this.#entry(groupId);
    const added: IngressRule[] = [];
    for (const permission of permissions.map(normalized)) {
      if ('groupId' in permission.source) this.#entry(permission.source.groupId);
      if ([...rules, ...added].some((rule) => sameRule(rule, permission))) {
        throw new AwsError(
          'InvalidPermission.Duplicate',
          `the specified rule "${describe(permission)}" already exists`,
        );
      }
      added.push({ ...permission, ruleId: `sgr-0${randomBytes(8).toString('hex')}`, groupId });
    }
    rules.push(...added);
    this.emit('change');
    return added;
  }

  /**
   * All permissions or none. A description, where one is given, must match too.
   * @throws AwsError `InvalidGroup.NotFound`, `InvalidPermission.NotFound`
   */
  revokeIngress(groupId: string, permissions: readonly IngressPermission[]): IngressRule[] {
    const { rules } = this.#entry(groupId);
    return this.#remove(
      groupId,
      permissions.map(normalized).map((permission) => {
        const rule = rules.find(
          (candidate) =>
            sameRule(candidate, permission) &&
            (permission.description === undefined || permission.description === candidate.description),
        );
        if (rule) return rule;
        throw new AwsError(
          'InvalidPermission.NotFound',
          `The specified rule does not exist in this security group: ${describe(permission)}`,
        );
      }),
    );
  }

  /** @throws AwsError `InvalidGroup.NotFound`, `InvalidSecurityGroupRuleId.NotFound` */
  revokeIngressById(groupId: string, ruleIds: readonly string[]): IngressRule[] {
    const { rules } = this.#entry(groupId);
    return this.#remove(
      groupId,
      ruleIds.map((ruleId) => {
        const rule = rules.find((candidate) => candidate.ruleId === ruleId);
        if (rule) return rule;
        throw new AwsError(
          'InvalidSecurityGroupRuleId.NotFound',
          `The security group rule ID '${ruleId}' does not exist`,
        );
      }),
    );
  }

  /** Whether some rule of some target group lets the connection in. A group that is not known lets nothing in. */
  allows({ sourceGroupIds, targetGroupIds, protocol, port }: ConnectionAttempt): boolean {
    return targetGroupIds
      .flatMap((groupId) => this.#groups.get(groupId)?.rules ?? [])
      .some(
        (rule) =>
          (rule.protocol === '-1' ||
            (rule.protocol === protocol && rule.fromPort <= port && port <= rule.toPort)) &&
          ('groupId' in rule.source
            ? sourceGroupIds.includes(rule.source.groupId)
            : rule.source.cidrIpv4 === everywhere),
      );
  }

  #entry(groupId: string): { group: SecurityGroup; rules: IngressRule[] } {
    const entry = this.#groups.get(groupId);
    if (entry) return entry;
    throw new AwsError('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
  }

  #remove(groupId: string, removed: IngressRule[]): IngressRule[] {
    const entry = this.#entry(groupId);
    entry.rules = entry.rules.filter((rule) => !removed.includes(rule));
    this.emit('change');
    return removed;
  }
}

const sourceOf = ({ source }: IngressPermission): string =>
  'groupId' in source ? source.groupId : source.cidrIpv4;

const sameRule = (a: IngressPermission, b: IngressPermission): boolean =>
  a.protocol === b.protocol &&
  a.fromPort === b.fromPort &&
  a.toPort === b.toPort &&
  sourceOf(a) === sourceOf(b);

const describe = (permission: IngressPermission): string =>
  `peer: ${sourceOf(permission)}, ${permission.protocol}, from port: ${permission.fromPort}, to port: ${permission.toPort}, ALLOW`;
