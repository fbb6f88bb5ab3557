import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AlarmFactory, notifySns } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import { cloudWatchMetric } from '../cloudWatchMetric.ts';
import { signalsOf, toMetricUnit, type MonitoredSystem, type Signal, type SignalId } from '../signals.ts';
import { alarmDescription, type DashboardNames } from './description.ts';

export interface SystemAlarmsProps {
  stage: string;
  system: MonitoredSystem;
  /** Period of the alarms' metrics in seconds. */
  periodSeconds: number;
  /** Topic that is told of every change to ALARM and back to OK. */
  onCallTopicArn: string;
  /** The stage's dashboards, which the alarms' descriptions name. */
  dashboardNames: DashboardNames;
  /** Name of the alarm that watches a signal, unique in account and region. */
  alarmNameOf: (signalId: SignalId) => string;
}

const treatMissingData: Record<Signal['missingData'], TreatMissingData> = {
  missing: TreatMissingData.MISSING,
  ignore: TreatMissingData.IGNORE,
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
};

/** One plain single-metric alarm for each of the system's signals. */
export function addSystemAlarms(scope: Construct, props: SystemAlarmsProps): void {
  const { system, periodSeconds } = props;
  const onCall = Topic.fromTopicArn(scope, 'OnCallTopic', props.onCallTopicArn);
  const factory = new AlarmFactory(scope, {
    globalAlarmDefaults: {
      actionsEnabled: true,
      action: notifySns(onCall, onCall),
      // Every alarm brings its whole name; the factory asks for a prefix all the same.
      alarmNamePrefix: props.stage,
    },
    globalMetricDefaults: {},
    localAlarmNamePrefix: system.system,
  });
  for (const [id, signal] of Object.entries(signalsOf(system, periodSeconds)) as [SignalId, Signal][]) {
    factory.addAlarm(cloudWatchMetric(signal), {
      alarmNameOverride: props.alarmNameOf(id),
      alarmNameSuffix: id,
      alarmDescription: alarmDescription(system.system, id, signal, props.dashboardNames),
      threshold: toMetricUnit(signal, signal.limit),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: treatMissingData[signal.missingData],
      evaluationPeriods: signal.evaluationPeriods,
      datapointsToAlarm: signal.datapointsToAlarm,
    });
  }
}
