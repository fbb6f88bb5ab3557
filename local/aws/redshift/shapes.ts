import { AwsError } from '../errors.ts';
import type { WireDocument } from '../wire.ts';
import type { Clusters } from './clusters.ts';

/**
 * A cluster as Redshift tells it, of what is known here; its endpoint is the database's own, past the security groups.
 * @throws AwsError `ClusterNotFound`
 */
export function clusterShape(clusters: Clusters, identifier: string): WireDocument {
  const cluster = clusters.find(identifier);
  if (cluster === undefined) {
    throw new AwsError('ClusterNotFound', `Cluster ${identifier} not found.`, { statusCode: 404 });
  }
  const { status, host, port, database, securityGroupIds = [], adminSecretArn } = cluster;
  return {
    ClusterIdentifier: identifier,
    ClusterStatus: status,
    ClusterAvailabilityStatus: status === 'available' ? 'Available' : 'Unavailable',
    DBName: database,
    Endpoint: { Address: host, Port: port },
    VpcSecurityGroups: securityGroupIds.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
    MasterPasswordSecretArn: adminSecretArn,
    PubliclyAccessible: false,
  };
}
