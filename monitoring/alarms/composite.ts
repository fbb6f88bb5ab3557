import { Duration } from 'aws-cdk-lib';
import { CompositeAlarm, type AlarmBase, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface CompositeProps {
  name: string;
  description: string;
  rule: IAlarmRule;
  /** Told of every change to ALARM and back to OK; left out: nobody is. */
  onCall?: SnsAction;
  /** Left out: nothing keeps it from telling. */
  suppression?: {
    suppressor: AlarmBase;
    periodSeconds: number;
    waitPeriods: number;
    extensionPeriods: number;
  };
}

/** Told by alarms: the stage's one topic, by its ARN. */
export function onCallOf(scope: Construct, topicArn: string): SnsAction {
  const id = 'OnCallTopic';
  const own = scope.node.tryFindChild(id) as Topic | undefined;
  return new SnsAction(own ?? Topic.fromTopicArn(scope, id, topicArn));
}

/** An alarm composed of others. */
export function addComposite(scope: Construct, id: string, props: CompositeProps): CompositeAlarm {
  const { suppression } = props;
  const periods = (count: number): Duration => Duration.seconds(count * (suppression?.periodSeconds ?? 0));
  const alarm = new CompositeAlarm(scope, id, {
    compositeAlarmName: props.name,
    alarmDescription: props.description,
    alarmRule: props.rule,
    ...(suppression && {
      actionsSuppressor: suppression.suppressor,
      actionsSuppressorWaitPeriod: periods(suppression.waitPeriods),
      actionsSuppressorExtensionPeriod: periods(suppression.extensionPeriods),
    }),
  });
  if (props.onCall) {
    alarm.addAlarmAction(props.onCall);
    alarm.addOkAction(props.onCall);
  }
  return alarm;
}
