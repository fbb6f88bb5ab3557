import type { AlarmState } from '../../../cloudwatch/alarmEvaluator.ts';
import type { SuppressedBy } from '../../../cloudwatch/compositeActions.ts';
import type { CompositeDefinition } from '../../../cloudwatch/compositeDefinition.ts';

export interface CompositeAlarm {
  readonly arn: string;
  readonly definition: CompositeDefinition;
  state: AlarmState;
  stateReason: string;
  /** When the state last changed, Unix milliseconds. */
  stateChangedMs: number;
  configuredMs: number;
  /** Why actions do not run at present. */
  suppressedBy: SuppressedBy | null;
}

/** What a composite sees of another alarm. */
export interface ChildAlarm {
  arn: string;
  state: AlarmState;
  stateChangedMs: number;
}
