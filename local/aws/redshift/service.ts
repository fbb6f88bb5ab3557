import { awsQuery } from '../protocols/awsQuery.ts';
import type { Service } from '../service.ts';
import { describeClusters } from './describeClusters.ts';
import { rebootCluster } from './rebootCluster.ts';

export const redshift: Service = {
  signingName: 'redshift',
  protocols: [
    awsQuery('http://redshift.amazonaws.com/doc/2012-12-01/', {
      Clusters: 'Cluster',
      VpcSecurityGroups: 'VpcSecurityGroup',
    }),
  ],
  actions: [describeClusters, rebootCluster],
  unknownActionCode: 'InvalidAction',
};
