import type { WireDocument } from '../wire.ts';
import type { ClusterStatus } from './clusters.ts';

/** What is told of a cluster: that it is there, or not. */
export const clusterShape = (identifier: string, status: ClusterStatus): WireDocument => ({
  ClusterIdentifier: identifier,
  ClusterStatus: status,
  ClusterAvailabilityStatus: status === 'available' ? 'Available' : 'Unavailable',
});
