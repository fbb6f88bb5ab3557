import { ComparisonOperator, TreatMissingData, type AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmFactory } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import { cloudWatchMetric } from '../cloudWatchMetric.ts';
import type { Threshold, Watch } from '../measurement.ts';
import { toMetricUnit } from '../signals.ts';

const treatMissingData: Record<Watch['missingData'], TreatMissingData> = {
  missing: TreatMissingData.MISSING,
  ignore: TreatMissingData.IGNORE,
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
};

const comparisons = {
  atLeast: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

export interface WatchAlarmProps {
  watch: Watch;
  name: string;
  /** The alarm's text for one of the watch's thresholds. */
  descriptionOf: (threshold: Threshold) => string;
}

/** The alarms of watches, none of which tells anybody: composites and their owner do. */
export class WatchAlarms {
  readonly #factory: AlarmFactory;

  constructor(scope: Construct, stage: string, subject: string) {
    this.#factory = new AlarmFactory(scope, {
      // Every alarm brings its whole name; the factory asks for a prefix all the same.
      globalAlarmDefaults: { actionsEnabled: true, alarmNamePrefix: stage },
      globalMetricDefaults: {},
      localAlarmNamePrefix: subject,
    });
  }

  /** One alarm for each threshold of the watch: the critical one's name ends in `-critical`. */
  add({ watch, name, descriptionOf }: WatchAlarmProps): { warning: AlarmBase; critical?: AlarmBase } {
    const add = (threshold: Threshold, level: '' | '-critical'): AlarmBase =>
      this.#factory.addAlarm(cloudWatchMetric(watch), {
        alarmNameOverride: `${name}${level}`,
        alarmNameSuffix: `${watch.id}${level}`,
        alarmDescription: descriptionOf(threshold),
        threshold: toMetricUnit(watch, threshold.limit),
        comparisonOperator: comparisons[watch.comparison ?? 'atLeast'],
        treatMissingData: treatMissingData[watch.missingData],
        evaluationPeriods: threshold.evaluationPeriods,
        datapointsToAlarm: threshold.datapointsToAlarm,
      }).alarm;
    return {
      warning: add(watch, ''),
      ...(watch.critical && { critical: add(watch.critical, '-critical') }),
    };
  }
}
