import { comparisonMetrics, metricNamespace, probeMetrics } from '../service/metrics.ts';
import type { Measurement } from './measurement.ts';
import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import { askable, type NeedsOf } from './needs.ts';

export type MeasurementId =
  | 'requests'
  | 'durationP50'
  | 'durationP95'
  | 'durationP99'
  | 'selectsPerSecond'
  | 'queueWait'
  | 'connectionsSeen'
  | 'queueDepth'
  | 'oldestMessage'
  | 'outlierScore';

/** Of a score that every system has, whatever it lacks. */
export const outlierTitle = 'Who stands out (robust z-score)';

/** What a system must have for each of them. */
const measurementNeedsOf: NeedsOf<MeasurementId> = () => ({
  requests: ['apiName'],
  durationP50: ['apiFunctionName'],
  durationP95: ['apiFunctionName'],
  durationP99: ['apiFunctionName'],
  selectsPerSecond: ['isProbed'],
  queueWait: ['isProbed'],
  connectionsSeen: ['isProbed'],
  queueDepth: ['queueName'],
  oldestMessage: ['queueName'],
  outlierScore: [],
});

/** What is drawn beside the signals: use, not reserve. Of a system that lacks something, what it can be asked for. */
export const measurementsOf = askable(measurementNeedsOf, allMeasurementsOf);

/** Of a system that has everything. */
export function allMeasurementsOf(
  names: WholeSystem,
  periodSeconds: number,
): Record<MeasurementId, Measurement> {
  const duration = (statistic: 'p50' | 'p95' | 'p99'): Measurement => ({
    id: `duration${statistic.toUpperCase()}`,
    title: `Duration ${statistic}`,
    namespace: 'AWS/Lambda',
    metricName: 'Duration',
    dimensions: { FunctionName: names.apiFunctionName },
    statistic,
    periodSeconds,
    unit: 'milliseconds',
  });
  const own = { namespace: metricNamespace, dimensions: { System: names.systemDimension }, periodSeconds };
  const queue = { namespace: 'AWS/SQS', dimensions: { QueueName: names.queueName }, periodSeconds };
  return {
    requests: {
      id: 'requests',
      title: 'Requests',
      namespace: 'AWS/ApiGateway',
      metricName: 'Count',
      dimensions: { ApiName: names.apiName },
      statistic: 'Sum',
      periodSeconds,
      unit: 'count',
    },
    durationP50: duration('p50'),
    durationP95: duration('p95'),
    durationP99: duration('p99'),
    selectsPerSecond: {
      ...own,
      id: 'selectsPerSecond',
      title: 'SELECTs a second',
      metricName: probeMetrics.selectsPerSecond.name,
      statistic: 'Average',
      unit: 'perSecond',
    },
    queueWait: {
      ...own,
      id: 'queueWait',
      title: 'Wait before a statement runs',
      metricName: probeMetrics.databaseQueueWait.name,
      statistic: 'Maximum',
      unit: 'milliseconds',
    },
    connectionsSeen: {
      ...own,
      id: 'connectionsSeen',
      title: 'Connections, seen by the probe',
      metricName: probeMetrics.databaseConnectionUtilization.name,
      statistic: 'Maximum',
      unit: 'percent',
    },
    queueDepth: {
      ...queue,
      id: 'queueDepth',
      title: 'Messages waiting',
      metricName: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
      unit: 'count',
    },
    oldestMessage: {
      ...queue,
      id: 'oldestMessage',
      title: 'Age of the oldest message',
      metricName: 'ApproximateAgeOfOldestMessage',
      statistic: 'Maximum',
      unit: 'seconds',
    },
    outlierScore: {
      ...own,
      id: 'outlierScore',
      title: outlierTitle,
      metricName: comparisonMetrics.outlierScore.name,
      statistic: 'Maximum',
      unit: 'score',
    },
  };
}
