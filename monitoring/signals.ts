import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import { functionMetrics, metricNamespace, type FunctionRole } from '../service/metrics.ts';
import { databaseSignalIds } from './databaseSignalIds.ts';
import { databaseNeedsOf, databaseSignalsOf } from './databaseSignals.ts';
import { errorNeeds, errorRateOf } from './errorSignal.ts';
import { reserve, type MetricSignal } from './metricSignal.ts';
import { askable, type NeedsOf } from './needs.ts';

export { toMetricUnit, toReaderUnit, type MetricSignal } from './metricSignal.ts';

export const signalIds = [
  ...databaseSignalIds,
  'functionMemory',
  'functionConcurrency',
  'subscriberMemory',
  'subscriberConcurrency',
  'errorRate',
] as const;

export type SignalId = (typeof signalIds)[number];

export const isSignal = (id: string): id is SignalId => (signalIds as readonly string[]).includes(id);

/** What a system must have for each of its signals. */
export const signalNeedsOf: NeedsOf<SignalId> = ({ engine }) => ({
  ...databaseNeedsOf(engine),
  functionMemory: ['publishesOwnMetrics'],
  functionConcurrency: ['apiFunctionName', 'apiReservedConcurrency'],
  subscriberMemory: ['publishesOwnMetrics'],
  subscriberConcurrency: ['subscriberFunctionName', 'subscriberMaximumConcurrency'],
  errorRate: errorNeeds,
});

/** Every signal of a system, in the order in which dashboards and reports show them: those that it can be asked for. */
export const signalsOf = askable(signalNeedsOf, allSignalsOf);

/** Of a system that has everything. */
export function allSignalsOf(names: WholeSystem, periodSeconds: number): Record<SignalId, MetricSignal> {
  return {
    ...databaseSignalsOf(names, periodSeconds),
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
    errorRate: errorRateOf(names, periodSeconds),
  };
}

const memoryOf = (role: FunctionRole, { systemDimension }: WholeSystem, periodSeconds: number) =>
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
