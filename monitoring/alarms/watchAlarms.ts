import { ComparisonOperator, TreatMissingData, type AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import { AlarmFactory } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import { criticalAlarmName } from '../../fleet/names.ts';
import { cloudWatchMetric } from '../cloudWatchMetric.ts';
import type { Threshold, Watch } from '../measurement.ts';
import { toMetricUnit } from '../signals.ts';
import { descriptionOf, type AlarmGuide } from './description.ts';

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

/** The same of what is used, where the metric says what is left. */
const comparisonsOfRemaining = {
  atLeast: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.GREATER_THAN_THRESHOLD,
};

export interface WatchAlarmProps {
  watch: Watch;
  name: string;
  /** What the alarm of one of the watch's thresholds tells. */
  guideOf: (threshold: Threshold) => AlarmGuide;
}

/** The alarms of watches. By themselves they notify nobody. */
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

  /** One alarm for each threshold of the watch. */
  add({ watch, name, guideOf }: WatchAlarmProps): { warning: AlarmBase; critical?: AlarmBase } {
    const add = (threshold: Threshold, named: (name: string) => string): AlarmBase =>
      this.#factory.addAlarm(cloudWatchMetric(watch), {
        alarmNameOverride: named(name),
        alarmNameSuffix: named(watch.id),
        alarmDescription: descriptionOf(guideOf(threshold)),
        threshold: toMetricUnit(watch, threshold.limit),
        comparisonOperator: (watch.remaining ? comparisonsOfRemaining : comparisons)[
          watch.comparison ?? 'atLeast'
        ],
        treatMissingData: treatMissingData[watch.missingData],
        evaluationPeriods: threshold.evaluationPeriods,
        datapointsToAlarm: threshold.datapointsToAlarm,
      }).alarm;
    return {
      warning: add(watch, (same) => same),
      ...(watch.critical && { critical: add(watch.critical, criticalAlarmName) }),
    };
  }
}
