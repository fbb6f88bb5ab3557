import { compositeRuleProblem } from './compositeRule.ts';
import { resourcesOf, roughly, type Rule } from './template.ts';

interface MetricQuery {
  Expression?: string;
  MetricStat?: { Period?: number };
}

const mostMetrics = 10;

export const alarms: Rule = {
  name: 'alarms',
  check: (template, { shortestPeriodSeconds }) =>
    resourcesOf(template, 'AWS::CloudWatch::Alarm').flatMap(([id, properties]) => {
      const evaluated = Number(properties['EvaluationPeriods']);
      const toAlarm = Number(properties['DatapointsToAlarm'] ?? evaluated);
      const queries = (properties['Metrics'] ?? []) as MetricQuery[];
      const periods = [properties['Period'], ...queries.map(({ MetricStat }) => MetricStat?.Period)];
      const shortest = Math.min(...periods.filter((period) => period !== undefined).map(Number));
      const search = queries.find(({ Expression }) => Expression?.includes('SEARCH('));
      return [
        toAlarm > evaluated &&
          `${id}: ${toAlarm} datapoints to alarm can never come from ${evaluated} periods`,
        queries.length > mostMetrics &&
          `${id}: ${queries.length} metrics, an alarm's expression takes ${mostMetrics}`,
        search && `${id}: an alarm cannot search`,
        shortest < shortestPeriodSeconds &&
          `${id}: a period of ${shortest} s, the metrics come every ${shortestPeriodSeconds} s`,
        ((properties['AlarmActions'] ?? []) as unknown[]).length === 0 && `${id}: tells nobody`,
      ].filter((finding) => typeof finding === 'string');
    }),
};

export const compositeAlarms: Rule = {
  name: 'compositeAlarms',
  check: (template) =>
    resourcesOf(template, 'AWS::CloudWatch::CompositeAlarm').flatMap(([id, properties]) => {
      const problem = compositeRuleProblem(roughly(properties['AlarmRule']));
      return problem === undefined ? [] : [`${id}: AlarmRule: ${problem}`];
    }),
};
