import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { describeAlarms, type NamedAlarm } from '../../monitoring/namedAlarms.ts';
import { alarmName, fleetAlarmName } from '../../fleet/names.ts';
import { fleetCompositeIds } from '../../monitoring/alarms/description.ts';
import { compositeIds } from '../../monitoring/alarms/telling.ts';
import { signalIds } from '../../monitoring/signals.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import type { AlarmState, OnCall } from '../observations.ts';
import { hitsFleet } from '../scope.ts';
import type { DrillScope } from '../../records/drillScope.ts';
import type { Observer, LookContext } from './observer.ts';

/** The composite that pages on-call for a system. */
export const pageName = (stage: string, system: string): string => alarmName(stage, system, 'page');

/** The composite that tells on-call of messages that were given up; apart from the page. */
export const messagesPageName = (stage: string, system: string): string =>
  alarmName(stage, system, 'pageMessages');

/** The alarm of the dead-letter queue; it notifies nobody by itself. */
const deadLetterAlarmName = (stage: string, system: string): string =>
  alarmName(stage, system, 'deadLetters');

/** The one that pages for the whole fleet, in the systems' stead. */
const fleetPageName = (stage: string): string => fleetAlarmName(stage, 'affected');

/** The first sign that users get errors; it notifies nobody by itself. */
const errorAlarmName = (stage: string, system: string): string => alarmName(stage, system, 'errorRate');

/** Of those that tell of single systems too, only where all are meant. */
const fleetNamesOf = (stage: string, whole: boolean): string[] =>
  fleetCompositeIds.filter((id) => whole || id !== 'unanswered').map((id) => fleetAlarmName(stage, id));

const isWhole = (systems: readonly string[], { stageSystems }: DrillScope): boolean =>
  systems.length >= stageSystems;

/** They are in ALARM long after what they speak of, or sum up those that are. */
const slow: readonly string[] = ['ticket', 'ticketRecurringErrors', 'ticketUnmeasured'];

const namesOf = (stage: string, system: string): string[] => [
  ...[...compositeIds.filter((id) => !slow.includes(id)), ...signalIds].map((id) =>
    alarmName(stage, system, id),
  ),
  deadLetterAlarmName(stage, system),
];

export interface SeenAlarm {
  state: AlarmState;
  /** Whether a change of its state would tell anybody, were it not suppressed. */
  tells: boolean;
  /** Why it notifies nobody at present: another one tells in its stead (`Alarm`), or it waits for one. */
  suppressedBy: NamedAlarm['ActionsSuppressedBy'];
}

/** The alarms of systems and of their fleet by name, and of no other system; one that doesn't exist is absent. */
export async function seeAlarms(
  cloudWatch: CloudWatchClient,
  stage: string,
  systems: readonly string[],
  scope: DrillScope,
  signal?: AbortSignal,
): Promise<Map<string, SeenAlarm>> {
  const names = [
    ...fleetNamesOf(stage, isWhole(systems, scope)),
    ...systems.flatMap((system) => namesOf(stage, system)),
  ];
  const seen = new Map<string, SeenAlarm>();
  for (const alarm of await describeAlarms(cloudWatch, names, () => callLimit(signal))) {
    const { AlarmName, StateValue, ActionsEnabled = true, AlarmActions = [], ActionsSuppressedBy } = alarm;
    if (AlarmName === undefined || StateValue === undefined) continue;
    const tells = ActionsEnabled && AlarmActions.length > 0;
    seen.set(AlarmName, { state: StateValue, tells, suppressedBy: ActionsSuppressedBy });
  }
  return seen;
}

/** What on-call knows of a system, by its own page or by the fleet's. */
export function onCallOf(page: SeenAlarm, fleetPage: SeenAlarm | undefined): OnCall {
  if (fleetPage?.state === 'ALARM' && fleetPage.tells) return 'paged';
  if (page.state !== 'ALARM') return 'quiet';
  const told = page.tells && (page.suppressedBy === undefined || page.suppressedBy === 'Alarm');
  return told ? 'paged' : 'held back';
}

export const observeAlarms =
  ({ stage, observations, scope, clients, clock }: LookContext): Observer =>
  async (signal) => {
    const systems = observations.map(({ document }) => document.system);
    const seen = await seeAlarms(clients.cloudWatch, stage, systems, scope, signal);
    const atMs = clock.now();
    const ofFleet = seen.get(fleetPageName(stage));
    // Below its share it speaks of others, if it speaks.
    const instead = hitsFleet(systems.length, scope) ? ofFleet : undefined;
    const fleetNames = fleetNamesOf(stage, isWhole(systems, scope));
    for (const {
      document,
      onCall,
      messagesOnCall,
      fleetPage,
      errorAlarm,
      deadLetterAlarm,
      firingAlarms,
    } of observations) {
      const page = seen.get(pageName(stage, document.system));
      if (page) onCall.push({ atMs, value: onCallOf(page, instead) });
      if (ofFleet) fleetPage.push({ atMs, value: ofFleet.state });
      const messagesPage = seen.get(messagesPageName(stage, document.system));
      if (messagesPage) messagesOnCall.push({ atMs, value: onCallOf(messagesPage, undefined) });
      const letters = seen.get(deadLetterAlarmName(stage, document.system));
      if (letters) deadLetterAlarm.push({ atMs, value: letters.state });
      const errors = seen.get(errorAlarmName(stage, document.system));
      if (errors) errorAlarm.push({ atMs, value: errors.state });
      const firing = [...fleetNames, ...namesOf(stage, document.system)].filter(
        (name) => seen.get(name)?.state === 'ALARM',
      );
      firingAlarms.push({ atMs, value: firing });
    }
  };
