import { ec2Query } from '../protocols/ec2Query.ts';
import type { Service } from '../service.ts';
import { authorizeSecurityGroupIngress } from './authorizeSecurityGroupIngress.ts';
import { describeSecurityGroupRules } from './describeSecurityGroupRules.ts';
import { describeSecurityGroups } from './describeSecurityGroups.ts';
import { revokeSecurityGroupIngress } from './revokeSecurityGroupIngress.ts';

export const ec2: Service = {
  signingName: 'ec2',
  protocols: [ec2Query],
  actions: [
    describeSecurityGroupRules,
    describeSecurityGroups,
    authorizeSecurityGroupIngress,
    revokeSecurityGroupIngress,
  ],
  unknownActionCode: 'InvalidAction',
};
