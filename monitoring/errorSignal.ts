import type { WholeSystem } from '../fleet/monitoredSystem.ts';
import { metricNamespace } from '../service/metrics.ts';
import { limits } from './limits.ts';
import type { Measurement } from './measurement.ts';
import type { MetricSignal } from './metricSignal.ts';
import type { Need } from './needs.ts';

/** What a system must have so that its failed answers can be counted, and compared with all. */
export const errorNeeds: readonly Need[] = ['apiName'];

type Counted = Omit<Measurement, 'id' | 'title' | 'unit'>;

/** What API Gateway says of an API's answers. Each is a sample: 1 where it has such a status, else 0. */
const answers = (
  metricName: '4XXError' | '5XXError' | 'Count',
  { apiName }: WholeSystem,
  statistic: 'Average' | 'Sum',
  periodSeconds: number,
) => ({
  // A 503 that the function returns is no Lambda error: only API Gateway counts it.
  namespace: 'AWS/ApiGateway',
  metricName,
  dimensions: { ApiName: apiName },
  statistic,
  periodSeconds,
});

/** The metric of a system's failed answers, by the lines of its log: of a name of its own, since it has no dimension. */
export const loggedErrorsMetric = (dimension: string): string => `LoggedErrors-${dimension}`;

/** Lines of the API's log that say of an answer that it failed; a filter of the log group counts them. */
const loggedErrors = ({ systemDimension }: WholeSystem, periodSeconds: number) =>
  ({
    namespace: metricNamespace,
    metricName: loggedErrorsMetric(systemDimension),
    // A filter's dimensions come from its lines, which do not know of whom they are.
    dimensions: {},
    statistic: 'Sum',
    periodSeconds,
  }) as const;

const named = (counted: Counted, id: string, title: string): Measurement => ({
  ...counted,
  id,
  title,
  unit: 'count',
});

/** Answers with a 5xx status beside those with a 4xx: an API that says 400 in an outage says 502 where its function ends. */
const serverErrorsBeside = (names: WholeSystem, statistic: 'Average' | 'Sum', periodSeconds: number) =>
  named(answers('5XXError', names, statistic, periodSeconds), 'serverErrors', 'Answers with a 5xx status');

/** The share of answers that failed, 0 to 1, by what the system is known to fail by. */
export function failedShare(names: WholeSystem, periodSeconds: number) {
  const { errors } = names;
  const share = { capacity: 1 };
  if ('logPattern' in errors) {
    const requests = named(answers('Count', names, 'Sum', periodSeconds), 'requests', 'Requests');
    return {
      ...loggedErrors(names, periodSeconds),
      ...share,
      math: { expression: 'IF(requests > 0, it / requests)', others: { requests } },
    };
  }
  const counted = answers(errors.metric, names, 'Average', periodSeconds);
  if (errors.metric === '5XXError') return { ...counted, ...share };
  const serverErrors = serverErrorsBeside(names, 'Average', periodSeconds);
  return { ...counted, ...share, math: { expression: 'it + serverErrors', others: { serverErrors } } };
}

/** How many they are. */
export function failedAnswers(names: WholeSystem, periodSeconds: number) {
  const { errors } = names;
  const unit = 'count' as const;
  if ('logPattern' in errors) return { ...loggedErrors(names, periodSeconds), unit };
  const counted = { ...answers(errors.metric, names, 'Sum', periodSeconds), unit };
  if (errors.metric === '5XXError') return counted;
  const serverErrors = serverErrorsBeside(names, 'Sum', periodSeconds);
  return { ...counted, math: { expression: 'it + serverErrors', others: { serverErrors } } };
}

/** The signal of that share. */
export const errorRateOf = (names: WholeSystem, periodSeconds: number): MetricSignal => ({
  ...failedShare(names, periodSeconds),
  unit: 'percent',
  id: 'errorRate',
  title: 'Error rate',
  limit: limits.errorRatePercent,
  limitSource: 'A 99 % objective for answers that did not fail.',
  ...limits.errorAlarm,
  critical: {
    limit: limits.errorBurn.fast.percent,
    evaluationPeriods: limits.errorBurn.fast.evaluationPeriods,
    datapointsToAlarm: limits.errorBurn.fast.datapointsToAlarm,
  },
  missingData: 'notBreaching',
  missingDataReason: 'No request, no error; if nobody gets through, the canary sees it.',
});

/** What there is a sample of for each answer, failed or not. */
export const answersSeen = (names: WholeSystem, periodSeconds: number): Counted =>
  answers('logPattern' in names.errors ? 'Count' : names.errors.metric, names, 'Sum', periodSeconds);
