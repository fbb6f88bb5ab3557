import { alarmName, criticalAlarmName, fleetAlarmName } from '../../fleet/names.ts';
import { pageThemselves } from './telling.ts';

/**
 * The alarms of a system that a bad release sets off within its quiet time (`limits.rollout`): those behind the
 * page and the page of messages which errors of its functions reach, and for the subscriber, whose failures page
 * only when retries end, the ticket's. CloudFormation watches five at most, and through `cdk` none that is
 * composed of others.
 *
 * Errors take an update back by their share alone, however few they are, where on-call is woken by more than a few:
 * nobody is woken by this, what is lost is a wave, and on a quiet system a bad release leaves no other sign.
 */
export const rollbackAlarmsOf = (stage: string, system: string): string[] => [
  criticalAlarmName(alarmName(stage, system, 'errorRate')),
  criticalAlarmName(alarmName(stage, system, 'unhealthy')),
  alarmName(stage, system, 'deadLetters'),
  alarmName(stage, system, 'subscriberFailing'),
  alarmName(stage, system, 'oldestMessage'),
];

/** The same for what all systems share: half of them fail, or nobody looks any more. */
export const fleetRollbackAlarmsOf = (stage: string): string[] =>
  ['unhealthyShare', 'canarySilent', 'probeSilent'].map((id) => fleetAlarmName(stage, id));

/** What says that users of a system are affected, whatever the cause. */
export const pagesOf = (stage: string, system: string): string[] => [
  alarmName(stage, system, 'page'),
  alarmName(stage, system, 'pageMessages'),
  alarmName(stage, system, 'pageSubscriber'),
  ...pageThemselves.map((id) => criticalAlarmName(alarmName(stage, system, id))),
];
