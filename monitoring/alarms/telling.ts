import { alarmName, criticalAlarmName } from '../../fleet/names.ts';
import type { SignalId } from '../signals.ts';
import type { WatchId } from '../watches.ts';

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

/** Names of all alarms of a system that tell on-call. */
export const tellingAlarmsOf = (stage: string, system: string): string[] => [
  ...[...tellingCompositeIds, ...tellThemselves].map((id) => alarmName(stage, system, id)),
  ...pageThemselves.map((id) => criticalAlarmName(alarmName(stage, system, id))),
];
