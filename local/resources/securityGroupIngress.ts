import { z } from 'zod';
import { defineResource } from './define.ts';
import { ingressPermission, ingressShape } from './securityGroup.ts';

export const securityGroupIngress = defineResource(
  'AWS::EC2::SecurityGroupIngress',
  { GroupId: z.string(), ...ingressShape },
  ({ GroupId, ...rule }, { securityGroups }, scope) => {
    const [added] = securityGroups.authorizeIngress(GroupId, [ingressPermission(rule)]);
    const id = added?.ruleId ?? scope.logicalId;
    return { ref: id, attributes: { Id: id } };
  },
);
