import { functionMetrics, metricNamespace, probeMetrics } from '../service/metrics.ts';
import { limits } from './limits.ts';

/** Names from which a system's metrics follow. Made by infra/names.ts; nothing here needs a stack. */
export interface MonitoredSystem {
  system: string;
  /** Value of the dimension `System` of our own metrics. */
  systemDimension: string;
  apiName: string;
  apiFunctionName: string;
  subscriberFunctionName: string;
  clusterIdentifier: string;
  queueName: string;
  deadLetterQueueName: string;
  /** Concurrent connections the cluster accepts. */
  connectionLimit: number;
  /** Reserved concurrency of the API's function. */
  apiReservedConcurrency: number;
}

export type Statistic = 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' | 'p50' | 'p95' | 'p99';

/** What is measured. */
export interface Measurement {
  /** Stable name, used in verdicts and file names. */
  id: string;
  title: string;
  namespace: string;
  metricName: string;
  /** Exact dimension set: CloudWatch aggregates nothing by itself. */
  dimensions: Readonly<Record<string, string>>;
  statistic: Statistic;
  periodSeconds: number;
  /** What a reader sees: utilisation is percent, 0–100, everywhere. */
  unit: 'percent' | 'count' | 'perSecond' | 'milliseconds';
  /** The metric's own value that stands for 100 %, where the metric itself is not a percentage. */
  fullScale?: number;
}

/** A measurement with a limit: when it alarms, what the gate asks. */
export interface Signal extends Measurement {
  unit: 'percent';
  /** In percent; at or above it the reserve is gone. */
  limit: number;
  /** Where the limit comes from, in one sentence. */
  limitSource: string;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  /** What a missing period means, as CloudWatch's TreatMissingData. */
  missingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
  /** Why missing data is treated so. */
  missingDataReason: string;
}

export const signalIds = [
  'databaseCpu',
  'databaseMemory',
  'databaseConnections',
  'functionMemory',
  'functionConcurrency',
  'errorRate',
] as const;

export type SignalId = (typeof signalIds)[number];

/** The metric's value in the reader's unit. */
export const toReaderUnit = (measurement: Measurement, value: number): number =>
  measurement.fullScale === undefined ? value : (value / measurement.fullScale) * 100;

/** The reader's value in the metric's own unit: an alarm's threshold. */
export const toMetricUnit = (measurement: Measurement, value: number): number =>
  measurement.fullScale === undefined ? value : (value / 100) * measurement.fullScale;

const reserve = {
  unit: 'percent',
  limit: limits.utilizationPercent,
  limitSource: 'The 20 % reserve: no resource is used above 80 %.',
  ...limits.alarm,
} as const;

/** Every signal of a system, in the order in which dashboards and reports show them. */
export function signalsOf(names: MonitoredSystem, periodSeconds: number): Record<SignalId, Signal> {
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
      namespace: metricNamespace,
      metricName: probeMetrics.databaseMemoryUtilization.name,
      dimensions: { System: names.systemDimension },
      statistic: 'Maximum',
      periodSeconds,
      missingData: 'missing',
      missingDataReason: 'The probe could not ask; its own silence is alarmed once for the fleet.',
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
      fullScale: names.connectionLimit,
      missingData: 'missing',
      missingDataReason: 'As for CPU: a cluster that publishes nothing is neither full nor free.',
    },
    functionMemory: {
      ...reserve,
      id: 'functionMemory',
      title: 'API function memory',
      namespace: metricNamespace,
      metricName: functionMetrics.memoryUtilization.name,
      dimensions: { System: names.systemDimension, Function: 'api' },
      statistic: 'Maximum',
      periodSeconds,
      missingData: 'notBreaching',
      missingDataReason: 'No invocation, no memory in use.',
    },
    functionConcurrency: {
      ...reserve,
      id: 'functionConcurrency',
      title: 'API function concurrency',
      namespace: 'AWS/Lambda',
      metricName: 'ConcurrentExecutions',
      dimensions: { FunctionName: names.apiFunctionName },
      statistic: 'Maximum',
      periodSeconds,
      fullScale: names.apiReservedConcurrency,
      missingData: 'notBreaching',
      missingDataReason: 'Lambda publishes it only while something runs.',
    },
    errorRate: {
      id: 'errorRate',
      title: 'Error rate',
      namespace: 'AWS/ApiGateway',
      // A 503 that the function returns is no Lambda error: only API Gateway counts it.
      metricName: '5XXError',
      dimensions: { ApiName: names.apiName },
      statistic: 'Average',
      periodSeconds,
      fullScale: 1,
      unit: 'percent',
      limit: limits.errorRatePercent,
      limitSource: 'A 99 % objective for answers that are no server error.',
      ...limits.errorAlarm,
      missingData: 'notBreaching',
      missingDataReason: 'No request, no error.',
    },
  };
}

/** What is drawn beside the signals: use, not reserve. */
export function measurementsOf(names: MonitoredSystem, periodSeconds: number): Record<string, Measurement> {
  const api = { ApiName: names.apiName };
  const cluster = { ClusterIdentifier: names.clusterIdentifier };
  return {
    requests: {
      id: 'requests',
      title: 'Requests',
      namespace: 'AWS/ApiGateway',
      metricName: 'Count',
      dimensions: api,
      statistic: 'Sum',
      periodSeconds,
      unit: 'count',
    },
    durationP99: {
      id: 'durationP99',
      title: 'Duration p99',
      namespace: 'AWS/Lambda',
      metricName: 'Duration',
      dimensions: { FunctionName: names.apiFunctionName },
      statistic: 'p99',
      periodSeconds,
      unit: 'milliseconds',
    },
    databaseDisk: {
      id: 'databaseDisk',
      title: 'Database disk',
      namespace: 'AWS/Redshift',
      metricName: 'PercentageDiskSpaceUsed',
      dimensions: cluster,
      statistic: 'Maximum',
      periodSeconds,
      unit: 'percent',
    },
    selectsPerSecond: {
      id: 'selectsPerSecond',
      title: 'SELECTs a second',
      namespace: metricNamespace,
      metricName: probeMetrics.selectsPerSecond.name,
      dimensions: { System: names.systemDimension },
      statistic: 'Average',
      periodSeconds,
      unit: 'perSecond',
    },
    queueDepth: {
      id: 'queueDepth',
      title: 'Messages waiting',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: names.queueName },
      statistic: 'Maximum',
      periodSeconds,
      unit: 'count',
    },
  };
}
