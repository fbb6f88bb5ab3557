import { Alarm, AlarmRule, AlarmState, type AlarmBase, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { limits } from '../limits.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { signalsOf, type SignalId } from '../signals.ts';
import { watchesOf, type WatchId } from '../watches.ts';
import { addComposite } from './composite.ts';
import {
  compositeGuide,
  descriptionOf,
  watchGuide,
  type CompositeId,
  type DashboardNames,
  type SystemAlarmId,
} from './description.ts';
import { WatchAlarms } from './watchAlarms.ts';

export interface SystemAlarmsProps {
  stage: string;
  system: MonitoredSystem;
  /** Period of the alarms' metrics in seconds. */
  periodSeconds: number;
  /** Topic that is told when a composite goes to ALARM, and when it is back to OK. */
  onCallTopicArn: string;
  /** The stage's dashboards, which the alarms' descriptions name. */
  dashboardNames: DashboardNames;
  /** Name of a system's alarm, unique in account and region. */
  alarmNameOf: (id: SystemAlarmId) => string;
  /** ARN of the fleet's alarm that says that the whole fleet is affected, and pages for all. */
  fleetAlarmArn: string;
}

type Watched = SignalId | WatchId;

/** Not among the ticket's causes: they belong to the page, or are one half of a rule. */
const notForTickets: readonly Watched[] = [
  'errorRate',
  'errorBudget',
  'failedAnswers',
  'deadLetters',
  'undelivered',
  'unhealthy',
];

/**
 * A system's alarms. Those of its metrics tell nobody; three composites do, so that one cause is told once:
 *
 *   page          errors at a rate that burns the budget fast, or slowly and still, if they are more than a few;
 *                 any other critical threshold
 *                 suppressed while the whole fleet is affected, which has a page of its own
 *   pageMessages  messages given up or undelivered. Apart, since they stay until they are redriven: a
 *                 composite that is in ALARM for days would be silent about an outage in between
 *   ticket        every other threshold: the reserve is gone, nobody is affected yet; few errors that go on
 *
 * The latter two are suppressed while the page is in ALARM: what an outage drags along is not told apart.
 */
export function addSystemAlarms(scope: Construct, props: SystemAlarmsProps): void {
  const { stage, system, periodSeconds, dashboardNames, alarmNameOf } = props;
  const alarms = new WatchAlarms(scope, stage, system.system);
  const warning = new Map<Watched, AlarmBase>();
  const critical = new Map<Watched, AlarmBase>();
  const watches = { ...signalsOf(system, periodSeconds), ...watchesOf(system, periodSeconds) };
  for (const [id, watch] of Object.entries(watches) as [Watched, (typeof watches)[Watched]][]) {
    const added = alarms.add({
      watch,
      name: alarmNameOf(id),
      guideOf: (threshold) => watchGuide(system.system, id, watch, threshold, dashboardNames),
    });
    warning.set(id, added.warning);
    if (added.critical) critical.set(id, added.critical);
  }
  const firing = (...ids: Watched[]): IAlarmRule[] => ids.map((id) => inAlarm(warning.get(id)!));
  const composite = (
    id: CompositeId,
    suppressor: AlarmBase,
    wait: keyof typeof limits.suppression,
    causes: IAlarmRule[],
  ) =>
    addComposite(scope, id, {
      name: alarmNameOf(id),
      description: descriptionOf(compositeGuide(system.system, id, dashboardNames)),
      rule: AlarmRule.anyOf(...causes),
      onCallTopicArn: props.onCallTopicArn,
      suppression: { suppressor, periodSeconds, ...limits.suppression[wait] },
    });

  const wholeFleet = Alarm.fromAlarmArn(scope, 'WholeFleet', props.fleetAlarmArn) as AlarmBase;
  const burning = AlarmRule.allOf(...firing('errorRate', 'errorBudget'));
  const { errorRate: fast, ...otherCritical } = Object.fromEntries(critical) as Record<string, AlarmBase>;
  const page = composite('page', wholeFleet, 'pagesByFleet', [
    AlarmRule.allOf(AlarmRule.anyOf(inAlarm(fast!), burning), ...firing('failedAnswers')),
    ...Object.values(otherCritical).map(inAlarm),
  ]);
  composite('pageMessages', page, 'restByPage', firing('deadLetters', 'undelivered'));
  composite('ticket', page, 'restByPage', [
    burning,
    ...firing(...[...warning.keys()].filter((id) => !notForTickets.includes(id))),
  ]);
}

const inAlarm = (alarm: AlarmBase): IAlarmRule => AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
