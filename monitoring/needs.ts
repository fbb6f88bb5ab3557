import type { MonitoredSystem, WholeSystem } from '../fleet/monitoredSystem.ts';

/** What a system may lack, and the field of its adoption that would give it. */
const fields = {
  apiName: 'adopt.apiName',
  apiFunctionName: 'adopt.functions.api',
  subscriberFunctionName: 'adopt.functions.subscriber',
  apiReservedConcurrency: 'adopt.reservedConcurrency',
  subscriberMaximumConcurrency: 'adopt.subscriberMaximumConcurrency',
  clusterIdentifier: 'adopt.database',
  connectionLimit: 'adopt.database.connectionLimit',
  databaseMemoryMiB: 'adopt.database.memoryMiB',
  databaseStorageGiB: 'adopt.database.storageGiB',
  isProbed: 'adopt.database.secrets.probe',
  queueName: 'adopt.queues.subscriber',
  deadLetterQueueName: 'adopt.queues.deadLetter',
  undeliveredQueueName: 'adopt.queues.undelivered',
  hasHealthcheck: 'adopt.healthcheckUrl',
  /** No field gives it: it is how the system is made. */
  isCalledByTopic: 'a topic that calls the subscriber by itself',
  /** No field gives it: it takes our handlers. */
  publishesOwnMetrics: "the toolkit's own metrics",
} as const satisfies Partial<Record<keyof WholeSystem, string>>;

export type Need = keyof typeof fields;

/** Which of these a system lacks. */
export const lackedBy = (system: MonitoredSystem, needs: readonly Need[]): Need[] =>
  needs.filter((need) => system[need] === undefined || system[need] === false);

/** The same for people: `adopt.database.connectionLimit`. */
export const fieldsLackedBy = (system: MonitoredSystem, needs: readonly Need[]): string[] =>
  lackedBy(system, needs).map((need) => fields[need]);

/** What each of some things takes of a system. */
export type NeedsOf<Id extends string> = (system: MonitoredSystem) => Readonly<Record<Id, readonly Need[]>>;

/** Ids of those that a system has enough for. */
export function idsAskable<Id extends string>(system: MonitoredSystem, needsOf: NeedsOf<Id>): Id[] {
  const needs = needsOf(system);
  return (Object.keys(needs) as Id[]).filter((id) => lackedBy(system, needs[id]).length === 0);
}

/** Those things that a system can be asked for: all of them where it has everything. */
interface Askable<Id extends string, Asked> {
  (system: WholeSystem, periodSeconds: number): Record<Id, Asked>;
  (system: MonitoredSystem, periodSeconds: number): Partial<Record<Id, Asked>>;
}

/** @param all made from the system as if it had everything: what needs what it lacks is dropped unseen */
export function askable<Id extends string, Asked>(
  needsOf: NeedsOf<Id>,
  all: (whole: WholeSystem, periodSeconds: number) => Record<Id, Asked>,
): Askable<Id, Asked> {
  return (system: MonitoredSystem, periodSeconds: number) => {
    const ids = new Set<string>(idsAskable(system, needsOf));
    const made = Object.entries<Asked>(all(system as WholeSystem, periodSeconds));
    return Object.fromEntries(made.filter(([id]) => ids.has(id))) as Record<Id, Asked>;
  };
}
