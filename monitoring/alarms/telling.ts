import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { alarmName, criticalAlarmName } from '../../fleet/names.ts';
import { idsAskable } from '../needs.ts';
import { signalNeedsOf, type SignalId } from '../signals.ts';
import { watchNeedsOf, type WatchId } from '../watches.ts';

type Watched = SignalId | WatchId;

/**
 * A system's composites that tell on-call. A composite acts when its own state changes, so that it is silent about a
 * second cause while the first one lasts: two causes share one only where one word for both is enough.
 */
export const tellingCompositeIds = [
  'page',
  'pageMessages',
  'pageSubscriber',
  'ticketErrors',
  'ticketDuration',
  'ticketConcurrency',
  'ticketRepeatedErrors',
  'ticketRecurringErrors',
  'ticketSubscriberErrors',
  'ticketOldestMessage',
  'ticketUnmeasured',
] as const;
export type TellingCompositeId = (typeof tellingCompositeIds)[number];

/**
 * Watches whose alarms tell by themselves, each once when it goes to ALARM: what an outage does not drag along, so
 * that nothing has to hold it back, and nothing hides it. They do not tell that it is over: they would do so each
 * time too that their data come back.
 */
export const tellThemselves: readonly Watched[] = [
  'databaseCpu',
  'databaseMemory',
  'databaseConnections',
  'databaseDisk',
  'functionMemory',
  'subscriberMemory',
  'subscriberConcurrency',
  'connectionsFull',
  'diskFull',
  'provenPeak',
  'provenMessagePeak',
];

/** The same of their critical thresholds. These page. */
export const pageThemselves: readonly Watched[] = ['databaseConnections', 'databaseDisk'];

/** What each composite is about: one of these, each all of its alarms together. */
const madeOf: Record<TellingCompositeId, readonly (readonly Watched[])[]> = {
  page: [['errorRate', 'errorBudget', 'failedAnswers'], ['unhealthy']],
  pageMessages: [['deadLetters'], ['undelivered']],
  pageSubscriber: [['oldestMessage'], ['subscriberFailing']],
  ticketErrors: [['errorRate', 'errorBudget']],
  ticketDuration: [['duration']],
  ticketConcurrency: [['functionConcurrency']],
  ticketRepeatedErrors: [['repeatedErrors']],
  ticketRecurringErrors: [['recurringErrors']],
  ticketSubscriberErrors: [['subscriberErrors'], ['subscriberFailing']],
  ticketOldestMessage: [['oldestMessage']],
  ticketUnmeasured: [['databaseUnmeasured'], ['apiUnmeasured']],
};

/** What is watched of a system: all, but for one that lacks what it takes. */
export const watchedOf = (system: MonitoredSystem): ReadonlySet<Watched> =>
  new Set([...idsAskable(system, signalNeedsOf), ...idsAskable(system, watchNeedsOf)]);

/** The composites that there is something to tell by. */
export const tellingCompositesOf = (watched: ReadonlySet<Watched>): TellingCompositeId[] =>
  tellingCompositeIds.filter((id) => madeOf[id].some((all) => all.every((each) => watched.has(each))));

/**
 * Names of all alarms of a system that tell on-call.
 * @param lacking what is known of a system that may lack something; left out, it is one of ours
 */
export function tellingAlarmsOf(stage: string, system: string, lacking?: MonitoredSystem): string[] {
  const watched = lacking && watchedOf(lacking);
  const isWatched = (id: Watched): boolean => watched?.has(id) ?? true;
  const composites = watched ? tellingCompositesOf(watched) : tellingCompositeIds;
  return [
    ...[...composites, ...tellThemselves.filter(isWatched)].map((id) => alarmName(stage, system, id)),
    ...pageThemselves.filter(isWatched).map((id) => criticalAlarmName(alarmName(stage, system, id))),
  ];
}
