import { Alarm, AlarmRule, AlarmState, type AlarmBase, type IAlarmRule } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { limits } from '../limits.ts';
import type { Watch } from '../measurement.ts';
import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { signalsOf, type SignalId } from '../signals.ts';
import { watchesOf, type WatchId } from '../watches.ts';
import { addComposite, onCallOf } from './composite.ts';
import {
  compositeGuide,
  descriptionOf,
  watchGuide,
  type DashboardNames,
  type SystemAlarmId,
} from './description.ts';
import {
  compositesOf,
  pageThemselves,
  summedUpOf,
  tellThemselves,
  type TellingCompositeId,
} from './telling.ts';
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
  /** ARNs of the fleet's alarms, which hold the systems' back; undefined for one that the fleet does not have. */
  fleetAlarmArnOf: (id: 'affected' | 'blind') => string | undefined;
}

type Watched = SignalId | WatchId;

/** What a composite says, and what holds it back. */
interface Telling {
  causes: IAlarmRule[];
  /** Undefined for nothing. */
  suppressor: AlarmBase | undefined;
  wait: keyof typeof limits.suppression;
}

/**
 * A system's alarms. What an outage drags along is told by composites that the page holds back, so that one cause is
 * told once; a resource that fills up is told by its own alarm, before and beside any page:
 *
 *   page            errors at a rate that burns the budget fast, or slowly and still, if they are more than a few;
 *                   no good answer to the canary. Held back while the whole fleet is affected, which has a page
 *                   of its own
 *   pageMessages    messages given up or undelivered: they stay until they are redriven
 *   pageSubscriber  messages that are about to be
 *   ticket…         one for each symptom of the rest
 *   ticketUnmeasured  metrics that should be there and are not, though the system is; while canary or probe are
 *                   blind, that is told instead
 *   ticket          all of the tickets but the last, for a glance; it notifies nobody
 *
 * All but the first and the last two are held back while the page is in ALARM. Of a system that lacks something, what
 * there is to tell by.
 */
export function addSystemAlarms(scope: Construct, props: SystemAlarmsProps): void {
  const { stage, system, periodSeconds, dashboardNames, alarmNameOf } = props;
  const onCall = onCallOf(scope, props.onCallTopicArn);
  const alarms = new WatchAlarms(scope, stage, system.system);
  const warning = new Map<Watched, AlarmBase>();
  const critical = new Map<Watched, AlarmBase>();
  const watches = { ...signalsOf(system, periodSeconds), ...watchesOf(system, periodSeconds) };
  for (const [id, watch] of Object.entries(watches) as [Watched, Watch][]) {
    const added = alarms.add({
      watch,
      name: alarmNameOf(id),
      guideOf: (threshold) => watchGuide(system.system, id, watch, threshold, dashboardNames),
    });
    warning.set(id, added.warning);
    if (added.critical) critical.set(id, added.critical);
  }
  for (const id of tellThemselves) warning.get(id)?.addAlarmAction(onCall);
  for (const id of pageThemselves) critical.get(id)?.addAlarmAction(onCall);

  const inAlarmOf = (alarm: AlarmBase | undefined): IAlarmRule[] => (alarm ? [inAlarm(alarm)] : []);
  /** Those of the alarms that the system has. */
  const firing = (...ids: Watched[]): IAlarmRule[] => ids.flatMap((id) => inAlarmOf(warning.get(id)));
  const worse = (id: Watched): IAlarmRule[] => inAlarmOf(critical.get(id));
  /** All of these alarms; nothing where the system lacks one of them. */
  const together = (...ids: Watched[]): IAlarmRule[] =>
    ids.every((id) => warning.has(id)) ? [AlarmRule.allOf(...firing(...ids))] : [];
  const composite = (id: TellingCompositeId, { causes, suppressor, wait }: Telling) =>
    addComposite(scope, id, {
      name: alarmNameOf(id),
      description: descriptionOf(compositeGuide(system.system, id, dashboardNames)),
      rule: AlarmRule.anyOf(...causes),
      onCall,
      ...(suppressor && { suppression: { suppressor, periodSeconds, ...limits.suppression[wait] } }),
    });
  const ofFleet = (id: 'affected' | 'blind'): AlarmBase | undefined => {
    const arn = props.fleetAlarmArnOf(id);
    return arn === undefined ? undefined : (Alarm.fromAlarmArn(scope, `Fleet-${id}`, arn) as AlarmBase);
  };

  const watched = new Set(warning.keys());
  const told = new Set(compositesOf(watched));
  const burning = together('errorRate', 'errorBudget');
  const failing = worse('errorRate').flatMap((badly) => [
    AlarmRule.allOf(AlarmRule.anyOf(badly, ...burning), ...firing('failedAnswers')),
  ]);
  const page = told.has('page')
    ? composite('page', {
        causes: [...failing, ...worse('unhealthy')],
        suppressor: ofFleet('affected'),
        wait: 'pagesByFleet',
      })
    : undefined;
  const byPage = (wait: keyof typeof limits.suppression, ...causes: IAlarmRule[]): Telling => ({
    causes,
    suppressor: page,
    wait,
  });
  const symptoms: Record<Exclude<TellingCompositeId, 'page' | 'ticketUnmeasured'>, Telling> = {
    pageMessages: byPage('restByPage', ...firing('deadLetters', 'undelivered')),
    pageSubscriber: byPage('subscriberByPage', ...worse('oldestMessage'), ...worse('subscriberFailing')),
    ticketErrors: byPage('restByPage', ...burning),
    ticketDuration: byPage('restByPage', ...firing('duration')),
    ticketConcurrency: byPage('concurrencyByPage', ...firing('functionConcurrency')),
    ticketRepeatedErrors: byPage('restByPage', ...firing('repeatedErrors')),
    ticketRecurringErrors: byPage('recurringByPage', ...firing('recurringErrors')),
    ticketSubscriberErrors: byPage('subscriberByPage', ...firing('subscriberErrors', 'subscriberFailing')),
    ticketOldestMessage: byPage('restByPage', ...firing('oldestMessage')),
  };
  for (const [id, telling] of Object.entries(symptoms) as [keyof typeof symptoms, Telling][]) {
    if (told.has(id)) composite(id, telling);
  }
  if (told.has('ticketUnmeasured')) {
    const unmeasured = AlarmRule.anyOf(...firing('databaseUnmeasured', 'apiUnmeasured'));
    composite('ticketUnmeasured', {
      causes: [page ? AlarmRule.allOf(unmeasured, AlarmRule.not(inAlarm(page))) : unmeasured],
      suppressor: ofFleet('blind'),
      wait: 'unmeasuredByBlind',
    });
  }
  if (!told.has('ticket')) return;
  addComposite(scope, 'ticket', {
    name: alarmNameOf('ticket'),
    description: descriptionOf(compositeGuide(system.system, 'ticket', dashboardNames)),
    rule: AlarmRule.anyOf(
      ...summedUpOf(watched).flatMap((all) => (all.length === 1 ? firing(...all) : together(...all))),
    ),
  });
}

const inAlarm = (alarm: AlarmBase): IAlarmRule => AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
