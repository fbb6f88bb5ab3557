import { Duration } from 'aws-cdk-lib';
import { CompositeAlarm, type AlarmBase, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface CompositeProps {
  name: string;
  description: string;
  rule: IAlarmRule;
  /** Told of every change to ALARM and back to OK. */
  onCallTopicArn: string;
  /** Left out: nothing keeps it from telling. */
  suppression?: {
    suppressor: AlarmBase;
    periodSeconds: number;
    waitPeriods: number;
    extensionPeriods: number;
  };
}

/** A composite that tells on-call. */
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
  tellOnCall(scope, alarm, props.onCallTopicArn);
  return alarm;
}

/** Lets an alarm tell the topic when it goes to ALARM and when it is back to OK. */
export function tellOnCall(scope: Construct, alarm: AlarmBase, topicArn: string): void {
  const id = 'OnCallTopic';
  const topic = scope.node.tryFindChild(id) ?? Topic.fromTopicArn(scope, id, topicArn);
  const action = new SnsAction(topic as Topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}
