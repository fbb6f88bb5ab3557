import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IngressPermission } from './ingressPermission.ts';
import { SecurityGroups } from './securityGroups.ts';

const fromIngress: IngressPermission = {
  protocol: 'tcp',
  fromPort: 5439,
  toPort: 5439,
  source: { groupId: 'sg-ingress' },
  description: 'functions',
};
const attempt = {
  sourceGroupIds: ['sg-other', 'sg-ingress'],
  targetGroupIds: ['sg-servers'],
  protocol: 'tcp',
  port: 5439,
} as const;

let groups: SecurityGroups;
beforeEach(() => {
  groups = new SecurityGroups();
  for (const id of ['sg-ingress', 'sg-servers']) {
    groups.addGroup({ id, name: id, description: id, vpcId: 'vpc-1' });
  }
});

describe('SecurityGroups', () => {
  it('lets in what a rule names, and nothing else', () => {
    expect(groups.allows(attempt)).toBe(false);
    groups.authorizeIngress('sg-servers', [fromIngress]);
    expect(groups.allows(attempt)).toBe(true);
    expect(groups.allows({ ...attempt, port: 5440 })).toBe(false);
    expect(groups.allows({ ...attempt, protocol: 'udp' })).toBe(false);
    expect(groups.allows({ ...attempt, sourceGroupIds: ['sg-servers'] })).toBe(false);
    expect(groups.allows({ ...attempt, targetGroupIds: ['sg-ingress'] })).toBe(false);
    expect(groups.allows({ ...attempt, targetGroupIds: ['sg-unknown'] })).toBe(false);
  });

  it('reads "every protocol" and "everybody"', () => {
    groups.authorizeIngress('sg-servers', [
      { protocol: '-1', fromPort: -1, toPort: -1, source: { cidrIpv4: '0.0.0.0/0' } },
    ]);
    expect(groups.allows({ ...attempt, sourceGroupIds: [], port: 1 })).toBe(true);
  });

  it('does not take an address range for a group', () => {
    groups.authorizeIngress('sg-servers', [{ ...fromIngress, source: { cidrIpv4: '10.0.0.0/16' } }]);
    expect(groups.allows(attempt)).toBe(false);
  });

  it('revokes the exact rule, and gives it a new id when it is authorised again', () => {
    const changed = vi.fn<() => void>();
    groups.on('change', changed);
    const [first] = groups.authorizeIngress('sg-servers', [fromIngress]);
    expect(() => groups.revokeIngress('sg-servers', [{ ...fromIngress, toPort: 5440 }])).toThrow(
      expect.objectContaining({ code: 'InvalidPermission.NotFound' }),
    );
    expect(() => groups.revokeIngress('sg-servers', [{ ...fromIngress, description: 'x' }])).toThrow(
      expect.objectContaining({ code: 'InvalidPermission.NotFound' }),
    );
    expect(groups.allows(attempt)).toBe(true);
    groups.revokeIngress('sg-servers', [{ ...fromIngress, description: undefined }]);
    expect(groups.allows(attempt)).toBe(false);
    const [second] = groups.authorizeIngress('sg-servers', [fromIngress]);
    expect(second?.ruleId).toMatch(/^sgr-[0-9a-f]{17}$/);
    expect(second?.ruleId).not.toBe(first?.ruleId);
    expect(changed).toHaveBeenCalledTimes(3);
  });

  it('changes nothing when one of several permissions is wrong', () => {
    groups.authorizeIngress('sg-servers', [fromIngress]);
    const other = { ...fromIngress, fromPort: 80, toPort: 80 };
    expect(() => groups.authorizeIngress('sg-servers', [other, fromIngress])).toThrow(
      expect.objectContaining({ code: 'InvalidPermission.Duplicate' }),
    );
    expect(() => groups.revokeIngress('sg-servers', [fromIngress, other])).toThrow(
      expect.objectContaining({ code: 'InvalidPermission.NotFound' }),
    );
    expect(() => groups.authorizeIngress('sg-servers', [other, other])).toThrow(
      expect.objectContaining({ code: 'InvalidPermission.Duplicate' }),
    );
    expect(groups.rulesOf('sg-servers')).toHaveLength(1);
  });

  it('lets in both ends of a range of ports', () => {
    groups.authorizeIngress('sg-servers', [{ ...fromIngress, fromPort: 5431, toPort: 5455 }]);
    const lets = (port: number) => groups.allows({ ...attempt, port });
    expect([5430, 5431, 5455, 5456].map(lets)).toEqual([false, true, true, false]);
  });

  it('refuses a group it does not know, as owner and as source', () => {
    const unknown = expect.objectContaining({ code: 'InvalidGroup.NotFound' });
    expect(() => groups.rulesOf('sg-unknown')).toThrow(unknown);
    expect(() =>
      groups.authorizeIngress('sg-servers', [{ ...fromIngress, source: { groupId: 'sg-unknown' } }]),
    ).toThrow(unknown);
  });
});
