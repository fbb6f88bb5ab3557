import { z } from 'zod';
import { cfnNumber, defineResource, generatedName, inert, physicalId } from './define.ts';

const egress = inert(
  'the proxy asks the rules of the group that is entered; leaving is free on this machine',
);

/** What an ingress rule says, inline or as a resource of its own. */
export const ingressShape = {
  IpProtocol: z.coerce.string(),
  FromPort: cfnNumber.int().default(-1),
  ToPort: cfnNumber.int().default(-1),
  SourceSecurityGroupId: z.string().optional(),
  CidrIp: z.string().optional(),
  Description: z.string().optional(),
};

const ingressSchema = z.strictObject(ingressShape);

export function ingressPermission(rule: z.output<typeof ingressSchema>) {
  const { SourceSecurityGroupId: groupId, CidrIp: cidrIpv4 } = rule;
  const source = groupId !== undefined ? { groupId } : cidrIpv4 !== undefined ? { cidrIpv4 } : undefined;
  if (!source) throw new Error('expected SourceSecurityGroupId or CidrIp');
  return {
    protocol: rule.IpProtocol,
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    source,
    description: rule.Description,
  };
}

export const securityGroup = defineResource(
  'AWS::EC2::SecurityGroup',
  {
    GroupDescription: z.string(),
    GroupName: z.string().optional(),
    VpcId: z.string().default(''),
    SecurityGroupIngress: z.array(ingressSchema).default([]),
    SecurityGroupEgress: egress,
  },
  (properties, { securityGroups }, scope) => {
    const id = `sg-${physicalId(scope, 17)}`;
    securityGroups.addGroup({
      id,
      name: properties.GroupName ?? generatedName(scope),
      description: properties.GroupDescription,
      vpcId: properties.VpcId,
    });
    const rules = properties.SecurityGroupIngress.map(ingressPermission);
    if (rules.length > 0) securityGroups.authorizeIngress(id, rules);
    return { ref: id, attributes: { GroupId: id, Id: id, VpcId: properties.VpcId } };
  },
);
