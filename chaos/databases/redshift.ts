import {
  InvalidClusterStateFault,
  paginateDescribeClusters,
  RebootClusterCommand,
} from '@aws-sdk/client-redshift';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { unknownStatus, type ManagedDatabase } from './managedDatabase.ts';

/** A provisioned cluster of Redshift. */
export const redshift: ManagedDatabase = {
  noun: 'cluster',
  rebootAction: 'redshift:RebootCluster',

  /** One call for a hundred clusters. */
  async statuses({ redshift: client }, signal) {
    const found = new Map<string, string>();
    for await (const { Clusters = [] } of paginateDescribeClusters(
      { client },
      {},
      { abortSignal: callLimit(signal) },
    )) {
      for (const { ClusterIdentifier, ClusterStatus = unknownStatus } of Clusters) {
        if (ClusterIdentifier !== undefined) found.set(ClusterIdentifier, ClusterStatus);
      }
    }
    return found;
  },

  async reboot({ redshift: client }, identifier) {
    try {
      await client.send(new RebootClusterCommand({ ClusterIdentifier: identifier }), {
        abortSignal: callLimit(),
      });
    } catch (error) {
      if (!(error instanceof InvalidClusterStateFault)) throw error;
      throw new FaultNotAppliedError(`cluster ${identifier} was not available, and is not rebooted`, {
        cause: error,
      });
    }
  },
};
