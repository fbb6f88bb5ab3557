import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import { limits } from './limits.ts';
import type { MetricSignal } from './metricSignal.ts';
import type { Need } from './needs.ts';

/** What a system must have so that its failed answers can be counted. */
export const errorNeeds: readonly Need[] = ['apiName'];

/** Each answer is a sample: 1 with a 5xx status, else 0. */
const answers = ({ apiName }: WholeSystem, periodSeconds: number) => ({
  namespace: 'AWS/ApiGateway',
  // A 503 that the function returns is no Lambda error: only API Gateway counts it.
  metricName: '5XXError',
  dimensions: { ApiName: apiName },
  periodSeconds,
});

/** The share of answers with a 5xx status, as published: 0 to 1. */
export const serverErrors = (names: WholeSystem, periodSeconds: number) =>
  ({ ...answers(names, periodSeconds), statistic: 'Average', capacity: 1 }) as const;

/** How many they are. */
export const failedAnswers = (names: WholeSystem, periodSeconds: number) =>
  ({ ...answers(names, periodSeconds), statistic: 'Sum', unit: 'count' }) as const;

/** The signal of that share. */
export const errorRateOf = (names: WholeSystem, periodSeconds: number): MetricSignal => ({
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
});
