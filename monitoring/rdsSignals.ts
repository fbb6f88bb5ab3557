import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import type { DatabaseNeeds, DatabaseSignals } from './databaseSignalIds.ts';
import { nearlyFull, reserve } from './metricSignal.ts';

export const rdsNeeds: DatabaseNeeds = {
  databaseCpu: ['clusterIdentifier'],
  databaseMemory: ['clusterIdentifier', 'databaseMemoryMiB'],
  databaseConnections: ['clusterIdentifier', 'connectionLimit'],
  databaseDisk: ['clusterIdentifier', 'databaseStorageGiB'],
};

const bytesAMiB = 1_024 ** 2;
const bytesAGiB = 1_024 ** 3;

/**
 * Of Amazon RDS for PostgreSQL and of Aurora PostgreSQL, by their own metrics, looked up on 2026-11-27:
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html and
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html. What is free falls
 * as it fills up, so that of a period the least decides.
 *
 * What stands for the whole is taken from the configuration, and never computed: AWS's formula for `max_connections` is
 * of a memory that it does not publish, below that of the instance's class
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html).
 *
 * Of Aurora the writer is watched, whichever instance that is
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/creating_alarms.html). The volume of its cluster grows
 * by itself; what can be full is the writer's local storage, of temporary files and logs.
 */
export function rdsSignalsOf(names: WholeSystem, periodSeconds: number): DatabaseSignals {
  const { engine, clusterIdentifier, connectionLimit, databaseMemoryMiB = 0, databaseStorageGiB = 0 } = names;
  const isAurora = engine === 'aurora-postgresql';
  const ofDatabase = {
    ...reserve,
    namespace: 'AWS/RDS',
    dimensions: isAurora
      ? { DBClusterIdentifier: clusterIdentifier, Role: 'WRITER' }
      : { DBInstanceIdentifier: clusterIdentifier },
    periodSeconds,
    missingData: 'missing',
    missingDataReason:
      'A database that is stopped, restarts or fails over publishes nothing; that is neither full nor free.',
  } as const;
  return {
    databaseCpu: {
      ...ofDatabase,
      id: 'databaseCpu',
      title: 'Database CPU',
      metricName: 'CPUUtilization',
      statistic: 'Maximum',
    },
    databaseMemory: {
      ...ofDatabase,
      id: 'databaseMemory',
      title: 'Database memory',
      metricName: 'FreeableMemory',
      statistic: 'Minimum',
      capacity: databaseMemoryMiB * bytesAMiB,
      remaining: true,
    },
    databaseConnections: {
      ...ofDatabase,
      id: 'databaseConnections',
      title: 'Database connections',
      metricName: 'DatabaseConnections',
      statistic: 'Maximum',
      capacity: connectionLimit,
      critical: nearlyFull,
    },
    databaseDisk: {
      ...ofDatabase,
      id: 'databaseDisk',
      title: 'Database disk',
      metricName: isAurora ? 'FreeLocalStorage' : 'FreeStorageSpace',
      statistic: 'Minimum',
      capacity: databaseStorageGiB * bytesAGiB,
      remaining: true,
      critical: nearlyFull,
    },
  };
}
