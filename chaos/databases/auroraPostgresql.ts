import { paginateDescribeDBClusters, type RDSClient } from '@aws-sdk/client-rds';
import { callLimit } from '../../monitoring/callLimit.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { available, unknownStatus, type ManagedDatabase } from './managedDatabase.ts';
import { instanceStatuses, rebootInstance } from './rdsInstances.ts';

/** A cluster, and the instance that writes at the moment; undefined where none does. */
interface Cluster {
  status: string;
  writer: string | undefined;
}

/**
 * A cluster of Aurora PostgreSQL. What restarts is its writer's instance, which takes all connections to the cluster's
 * endpoint: `RebootDBCluster` is not for Aurora, and a failover takes a reader, which not every cluster has. Should Aurora
 * promote a reader meanwhile, that is the writer then.
 */
export const auroraPostgresql: ManagedDatabase = {
  noun: 'cluster',
  rebootAction: 'rds:RebootDBInstance',

  /** The cluster's own status, and where it is available its writer's: a cluster stays so while its writer restarts. */
  async statuses({ rds }, signal) {
    const [clusters, instances] = await Promise.all([clustersOf(rds, signal), instanceStatuses(rds, signal)]);
    return new Map(
      [...clusters].map(([identifier, { status, writer }]) => {
        if (status !== available) return [identifier, status];
        return [
          identifier,
          writer === undefined ? 'without a writer' : (instances.get(writer) ?? unknownStatus),
        ];
      }),
    );
  },

  async reboot({ rds }, identifier) {
    const writer = (await clustersOf(rds)).get(identifier)?.writer;
    if (writer === undefined) {
      throw new FaultNotAppliedError(`cluster ${identifier} has no writer, and nothing is rebooted`);
    }
    await rebootInstance(rds, writer);
  },
};

async function clustersOf(client: RDSClient, signal?: AbortSignal): Promise<ReadonlyMap<string, Cluster>> {
  const found = new Map<string, Cluster>();
  for await (const { DBClusters = [] } of paginateDescribeDBClusters(
    { client },
    {},
    { abortSignal: callLimit(signal) },
  )) {
    for (const { DBClusterIdentifier, Status = unknownStatus, DBClusterMembers = [] } of DBClusters) {
      if (DBClusterIdentifier === undefined) continue;
      const writer = DBClusterMembers.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
      found.set(DBClusterIdentifier, { status: Status, writer });
    }
  }
  return found;
}
