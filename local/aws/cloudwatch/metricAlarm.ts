import type { AlarmDefinition } from '../../../cloudwatch/alarmDefinition.ts';
import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';

export interface Alarm {
  readonly arn: string;
  readonly definition: AlarmDefinition;
  state: AlarmState;
  stateReason: string;
  /** When the state last changed, Unix milliseconds. */
  stateChangedMs: number;
  configuredMs: number;
}

export interface StateChange {
  alarm: Alarm;
  from: AlarmState;
  to: AlarmState;
  reason: string;
  atMs: number;
}
