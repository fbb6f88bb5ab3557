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
  /** No field gives it: it takes our handlers. */
  publishesOwnMetrics: "metrics of the toolkit's own",
} as const satisfies Partial<Record<keyof WholeSystem, string>>;

export type Need = keyof typeof fields;

/** Which of these a system lacks. */
export const lackedBy = (system: MonitoredSystem, needs: readonly Need[]): Need[] =>
  needs.filter((need) => system[need] === undefined || system[need] === false);

/** The same for people: `adopt.database.connectionLimit`. */
export const fieldsLackedBy = (system: MonitoredSystem, needs: readonly Need[]): string[] =>
  lackedBy(system, needs).map((need) => fields[need]);

/**
 * Of what can be asked of a system that has everything, that which can be asked of this one.
 * @param all made from the system as if it had everything: what needs what it lacks is dropped unseen
 */
export function askable<Id extends string, Asked>(
  system: MonitoredSystem,
  needsOf: Readonly<Record<Id, readonly Need[]>>,
  all: (whole: WholeSystem) => Record<Id, Asked>,
): Partial<Record<Id, Asked>> {
  const made = Object.entries(all(system as WholeSystem)) as [Id, Asked][];
  return Object.fromEntries(made.filter(([id]) => lackedBy(system, needsOf[id]).length === 0)) as Partial<
    Record<Id, Asked>
  >;
}
