import { functionMetrics, metricNamespace, probeMetrics, type FunctionRole } from '../service/metrics.ts';
import { limits } from './limits.ts';
import type { Measurement, Watch } from './measurement.ts';
import type { MonitoredSystem } from '../fleet/monitoredSystem.ts';

/** A share of a resource with its limit: when it alarms, what the gate asks. */
export interface MetricSignal extends Watch {
  unit: 'percent';
}

export const signalIds = [
  'databaseCpu',
  'databaseMemory',
  'databaseConnections',
  'databaseDisk',
  'functionMemory',
  'functionConcurrency',
  'subscriberMemory',
  'subscriberConcurrency',
  'errorRate',
] as const;

export type SignalId = (typeof signalIds)[number];

export const isSignal = (id: string): id is SignalId => (signalIds as readonly string[]).includes(id);

type Scale = Pick<Measurement, 'capacity' | 'remaining'>;

/** The metric's value in the reader's unit. */
export function toReaderUnit({ capacity, remaining }: Scale, value: number): number {
  if (capacity === undefined) return value;
  const percent = (value / capacity) * 100;
  return remaining ? 100 - percent : percent;
}

/** The reader's value in the metric's own unit: an alarm's threshold. */
export function toMetricUnit({ capacity, remaining }: Scale, value: number): number {
  if (capacity === undefined) return value;
  return ((remaining ? 100 - value : value) / 100) * capacity;
}

const reserve = {
  unit: 'percent',
  limit: limits.utilizationPercent,
  limitSource: 'The 20 % reserve: no resource is used above 80 %.',
  ...limits.alarm,
} as const;

const nearlyFull = { limit: limits.criticalUtilizationPercent, ...limits.alarm };

/** Every signal of a system, in the order in which dashboards and reports show them. */
export function signalsOf(names: MonitoredSystem, periodSeconds: number): Record<SignalId, MetricSignal> {
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
    functionMemory: {
      ...memoryOf('api', names, periodSeconds),
      id: 'functionMemory',
      title: 'API function memory',
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
      capacity: names.apiReservedConcurrency,
      missingData: 'notBreaching',
      missingDataReason: 'Lambda publishes it only while something runs.',
    },
    subscriberMemory: {
      ...memoryOf('subscriber', names, periodSeconds),
      id: 'subscriberMemory',
      title: 'Subscriber memory',
    },
    subscriberConcurrency: {
      ...reserve,
      id: 'subscriberConcurrency',
      title: 'Subscriber concurrency',
      namespace: 'AWS/Lambda',
      // The time that batches took over the time that there was for them: how many ran on average, by Little's
      // law. Above the most that run at once nothing is throttled, messages wait; and the most that
      // ConcurrentExecutions saw is all of a maximum of two as soon as two batches meet for a moment.
      metricName: 'Duration',
      dimensions: { FunctionName: names.subscriberFunctionName },
      statistic: 'Sum',
      periodSeconds,
      capacity: names.subscriberMaximumConcurrency * periodSeconds * 1_000,
      missingData: 'notBreaching',
      missingDataReason: 'No batch took no time.',
    },
    errorRate: {
      ...serverErrors(names, periodSeconds),
      unit: 'percent',
      id: 'errorRate',
      title: 'Error rate',
      limit: limits.errorRatePercent,
      limitSource: 'A 99 % objective for answers that are no server error.',
      ...limits.errorAlarm,
      critical: {
        limit: limits.errorBurn.fast.percent,
        evaluationPeriods: limits.errorBurn.fast.evaluationPeriods,
        datapointsToAlarm: limits.errorBurn.fast.datapointsToAlarm,
      },
      missingData: 'notBreaching',
      missingDataReason: 'No request, no error; that nobody gets through is the canary’s to see.',
    },
  };
}

const memoryOf = (role: FunctionRole, { systemDimension }: MonitoredSystem, periodSeconds: number) =>
  ({
    ...reserve,
    namespace: metricNamespace,
    metricName: functionMetrics.memoryUtilization.name,
    dimensions: { System: systemDimension, Function: role },
    statistic: 'Maximum',
    periodSeconds,
    missingData: 'notBreaching',
    missingDataReason: 'No invocation, no memory in use.',
  }) as const;

/** Each answer is a sample: 1 with a 5xx status, else 0. */
const answers = ({ apiName }: MonitoredSystem, periodSeconds: number) => ({
  namespace: 'AWS/ApiGateway',
  // A 503 that the function returns is no Lambda error: only API Gateway counts it.
  metricName: '5XXError',
  dimensions: { ApiName: apiName },
  periodSeconds,
});

/** The share of answers with a 5xx status, as published: 0 to 1. */
export const serverErrors = (names: MonitoredSystem, periodSeconds: number) =>
  ({ ...answers(names, periodSeconds), statistic: 'Average', capacity: 1 }) as const;

/** How many they are. */
export const failedAnswers = (names: MonitoredSystem, periodSeconds: number) =>
  ({ ...answers(names, periodSeconds), statistic: 'Sum', unit: 'count' }) as const;
