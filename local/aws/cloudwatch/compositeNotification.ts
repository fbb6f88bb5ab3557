import type { Account } from '../account.ts';
import { notificationTime, subjectOf, type Notification } from './alarmNotification.ts';
import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';
import type { ChildAlarm, CompositeAlarm } from './compositeAlarm.ts';

/** What CloudWatch sends to a topic for a composite alarm, whose state is already the new one. */
export function compositeNotification(
  alarm: CompositeAlarm,
  change: { from: AlarmState; triggering: readonly ChildAlarm[] },
  { region, accountId }: Account,
): Notification {
  const { properties } = alarm.definition;
  return {
    subject: subjectOf(properties.AlarmName, alarm.state, region),
    message: JSON.stringify({
      AlarmName: properties.AlarmName,
      AlarmDescription: properties.AlarmDescription ?? null,
      AWSAccountId: accountId,
      NewStateValue: alarm.state,
      NewStateReason: alarm.stateReason,
      StateChangeTime: notificationTime(alarm.stateChangedMs),
      Region: region,
      AlarmArn: alarm.arn,
      OldStateValue: change.from,
      OKActions: properties.OKActions,
      AlarmActions: properties.AlarmActions,
      InsufficientDataActions: properties.InsufficientDataActions,
      AlarmRule: properties.AlarmRule,
      TriggeringChildren: change.triggering
        .filter(({ state }) => state === alarm.state)
        .map(({ arn, state, stateChangedMs }) => ({
          Arn: arn,
          State: { Value: state, Timestamp: notificationTime(stateChangedMs) },
        })),
    }),
  };
}
