import type { Account } from '../account.ts';
import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';
import type { StateChange } from './metricAlarm.ts';
import { isSimpleStatistic } from '../../../cloudwatch/statistic.ts';

export interface Notification {
  subject: string;
  /** JSON, with the members CloudWatch sends. */
  message: string;
}

/** What CloudWatch sends to a topic when an alarm changes its state; `Region` is the region's code here. */
export function alarmNotification(change: StateChange, { region, accountId }: Account): Notification {
  const { arn, definition, configuredMs } = change.alarm;
  const { properties } = definition;
  return {
    subject: subjectOf(properties.AlarmName, change.to, region),
    message: JSON.stringify({
      AlarmName: properties.AlarmName,
      AlarmDescription: properties.AlarmDescription ?? null,
      AWSAccountId: accountId,
      AlarmConfigurationUpdatedTimestamp: notificationTime(configuredMs),
      NewStateValue: change.to,
      NewStateReason: change.reason,
      StateChangeTime: notificationTime(change.atMs),
      Region: region,
      AlarmArn: arn,
      OldStateValue: change.from,
      OKActions: properties.OKActions,
      AlarmActions: properties.AlarmActions,
      InsufficientDataActions: properties.InsufficientDataActions,
      Trigger: triggerOf(change),
    }),
  };
}

function triggerOf({ alarm }: StateChange): object {
  const { properties, rule } = alarm.definition;
  const common = {
    Period: rule.periodSeconds,
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    ComparisonOperator: rule.comparison,
    Threshold: rule.threshold,
    TreatMissingData: rule.treatMissingData,
  };
  if (properties.Metrics) return { ...common, Metrics: properties.Metrics };
  const statistic = properties.Statistic ?? properties.ExtendedStatistic ?? '';
  return {
    MetricName: properties.MetricName,
    Namespace: properties.Namespace,
    ...(isSimpleStatistic(statistic)
      ? { StatisticType: 'Statistic', Statistic: statistic.toUpperCase() }
      : { StatisticType: 'ExtendedStatistic', ExtendedStatistic: statistic }),
    Unit: properties.Unit ?? null,
    Dimensions: properties.Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
    ...common,
  };
}

/** SNS allows 100 characters. */
export const subjectOf = (alarmName: string, state: AlarmState, region: string): string =>
  `${state}: "${alarmName}" in ${region}`.slice(0, 100);

/** CloudWatch writes `2026-11-03T12:00:00.000+0000`. */
export const notificationTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');
