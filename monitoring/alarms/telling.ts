import type { MonitoredSystem } from '../../fleet/monitoredSystem.ts';
import { alarmName, anyOwnSystem, criticalAlarmName } from '../../fleet/names.ts';
import { fieldsLackedBy, idsAskable } from '../needs.ts';
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
 * Watches whose alarms tell by themselves, each once when it goes to ALARM: what nothing has to hold back, since an outage
 * does not drag it along, or nothing may, and so nothing hides it. They do not tell that it is over: they would do so each
 * time too that their data come back.
 */
export const tellThemselves = [
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
  // An outage drags it along, and yet it waits for no page: nobody can get back what is lost.
  'droppedMessages',
] as const satisfies readonly Watched[];

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

/** Fields of its adoption that a system lacks for an alarm, for people; empty where it has the alarm. */
export function fieldsLackedForAlarm(system: MonitoredSystem, id: Watched | TellingCompositeId): string {
  const needs = { ...signalNeedsOf(system), ...watchNeedsOf(system) };
  const causes = isTelling(id) ? madeOf[id] : [[id]];
  const lacked = causes.map((all) => [
    ...new Set(all.flatMap((each) => fieldsLackedBy(system, needs[each]))),
  ]);
  return lacked.some((fields) => fields.length === 0)
    ? ''
    : lacked.map((fields) => fields.join(', ')).join(' or ');
}

const isTelling = (id: string): id is TellingCompositeId =>
  (tellingCompositeIds as readonly string[]).includes(id);

/** What the ticket does not sum up: it belongs to a page, or is one half of a rule. */
const notSummedUp: readonly Watched[] = [
  'errorRate',
  'errorBudget',
  'failedAnswers',
  'deadLetters',
  'undelivered',
  'droppedMessages',
  'unhealthy',
  // In ALARM from the start, until a new system has published its first.
  'databaseUnmeasured',
  'apiUnmeasured',
];

/** Alarms that the ticket sums up, each by itself or as one half with another: those of a system that has them. */
export const summedUpOf = (watched: ReadonlySet<Watched>): (readonly Watched[])[] => [
  ...madeOf.ticketErrors.filter((all) => all.every((each) => watched.has(each))),
  ...[...watched].filter((id) => !notSummedUp.includes(id)).map((id) => [id]),
];

/** A system's composites: those that tell, and one that sums up every ticket and notifies nobody. */
export const compositeIds = [...tellingCompositeIds, 'ticket'] as const;
export type CompositeId = (typeof compositeIds)[number];

/** Those that a system has anything for. */
export const compositesOf = (watched: ReadonlySet<Watched>): CompositeId[] => [
  ...tellingCompositesOf(watched),
  ...(summedUpOf(watched).length > 0 ? (['ticket'] as const) : []),
];

/** The composites that there is something to tell by. */
const tellingCompositesOf = (watched: ReadonlySet<Watched>): TellingCompositeId[] =>
  tellingCompositeIds.filter((id) => madeOf[id].some((all) => all.every((each) => watched.has(each))));

/** Names of all alarms of a system that tell on-call. @param known what of it is known; left out, it is one of ours */
export function tellingAlarmsOf(
  stage: string,
  system: string,
  known: MonitoredSystem = anyOwnSystem,
): string[] {
  const watched = watchedOf(known);
  const isWatched = (id: Watched): boolean => watched.has(id);
  return [
    ...[...tellingCompositesOf(watched), ...tellThemselves.filter(isWatched)].map((id) =>
      alarmName(stage, system, id),
    ),
    ...pageThemselves.filter(isWatched).map((id) => criticalAlarmName(alarmName(stage, system, id))),
  ];
}
