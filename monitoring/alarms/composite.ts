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
  const topicId = 'OnCallTopic';
  const topic = scope.node.tryFindChild(topicId) ?? Topic.fromTopicArn(scope, topicId, props.onCallTopicArn);
  const action = new SnsAction(topic as Topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
