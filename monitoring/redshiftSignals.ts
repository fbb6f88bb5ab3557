import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import { metricNamespace, probeMetrics } from '../service/metrics.ts';
import type { DatabaseNeeds, DatabaseSignals } from './databaseSignalIds.ts';
import { nearlyFull, reserve } from './metricSignal.ts';

export const redshiftNeeds: DatabaseNeeds = {
  databaseCpu: ['clusterIdentifier'],
  databaseMemory: ['clusterIdentifier', 'isProbed'],
  databaseConnections: ['clusterIdentifier', 'connectionLimit'],
  databaseDisk: ['clusterIdentifier'],
};

/** Of Redshift, which publishes no memory: the probe estimates it. */
export function redshiftSignalsOf(names: WholeSystem, periodSeconds: number): DatabaseSignals {
  const cluster = { ClusterIdentifier: names.clusterIdentifier };
  return {
    databaseCpu: {
      ...reserve,
      id: 'databaseCpu',
      title: 'Database CPU',
      namespace: 'AWS/Redshift',
      metricName: 'CPUUtilization',
      dimensions: cluster,
      // The busiest node: an average hides a saturated leader.
      statistic: 'Maximum',
      periodSeconds,
      missingData: 'missing',
      missingDataReason: 'A paused or resizing cluster publishes nothing; that is neither full nor free.',
    },
    databaseMemory: {
      ...reserve,
      id: 'databaseMemory',
      title: 'Database memory (estimate)',
      isEstimate: true,
      namespace: metricNamespace,
      metricName: probeMetrics.databaseMemoryUtilization.name,
      dimensions: { System: names.systemDimension },
      statistic: 'Maximum',
      periodSeconds,
      missingData: 'missing',
      missingDataReason:
        'The probe could not ask; that is alarmed once for the fleet, as is its own silence.',
    },
    databaseConnections: {
      ...reserve,
      id: 'databaseConnections',
      title: 'Database connections',
      namespace: 'AWS/Redshift',
      metricName: 'DatabaseConnections',
      dimensions: cluster,
      // A sum would add the samples of a period together.
      statistic: 'Maximum',
      periodSeconds,
      capacity: names.connectionLimit,
      critical: nearlyFull,
      missingData: 'missing',
      missingDataReason: 'As for CPU: a cluster that publishes nothing is neither full nor free.',
    },
    databaseDisk: {
      ...reserve,
      id: 'databaseDisk',
      title: 'Database disk',
      namespace: 'AWS/Redshift',
      metricName: 'PercentageDiskSpaceUsed',
      dimensions: cluster,
      statistic: 'Maximum',
      periodSeconds,
      critical: nearlyFull,
      missingData: 'missing',
      missingDataReason: 'As for CPU: a cluster that publishes nothing is neither full nor free.',
    },
  };
}
