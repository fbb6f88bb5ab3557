import {
  fieldsMissing,
  hasParts,
  messageParts,
  type DocumentPart,
  type DocumentWith,
  type PublishedDocument,
  type SystemDocument,
} from '../fleet/systemDocument.ts';
import type { Fault, FaultPlan } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import { DrillRefusedError } from './errors.ts';
import type { DrillResult } from '../records/drill.ts';
import type { Expectation } from './expectation.ts';
import type { Observations } from './observations.ts';
import type { Observable } from './observers/observer.ts';

/** What it takes to see the sessions of a system's users, and to end them. */
export const sessionParts = ['cluster', 'cluster.database', 'cluster.adminSecretArn'] as const;

/** What it takes to look at something. */
export const observableParts = {
  alarms: [],
  queues: ['queues.subscriber'],
  sessions: sessionParts,
  database: sessionParts,
  messages: messageParts,
  deadLetters: ['queues.deadLetter'],
  poison: [...messageParts, 'queues.deadLetter'],
  poisonLeft: ['queues.deadLetter'],
} as const satisfies Record<Observable, readonly DocumentPart[]>;

/** What is seen of a system that can be looked at for this. */
export type SeenFor<What extends Observable> = Observations & {
  readonly document: DocumentWith<(typeof observableParts)[What][number]>;
};

/** Those of the observed systems that can be looked at for this. */
export const seenFor = <What extends Observable>(
  what: What,
  observations: readonly Observations[],
): SeenFor<What>[] =>
  observations.filter((seen): seen is SeenFor<What> => hasParts(seen.document, observableParts[what]));

/** A fault's plan for a system. @throws DrillRefusedError naming the fields that it takes and the system lacks */
export function planOf(fault: Fault, document: PublishedDocument, identity: DrillIdentity): FaultPlan {
  const lacking = fieldsMissing(document, fault.needs);
  if (lacking !== '') {
    throw new DrillRefusedError('fault', `${document.system} has no ${lacking}, which ${fault.name} takes`);
  }
  // It reads what it needs, and no more.
  return fault.plan(document as SystemDocument, identity);
}

/** What an adopted system lacks of what something takes. */
type Takes = (document: PublishedDocument) => string;
const parts =
  (...needed: readonly DocumentPart[]): Takes =>
  (document) =>
    fieldsMissing(document, needed);

/** The page of a system that has neither is nobody's. */
const aPage: Takes = (document) =>
  document.healthcheckUrl === undefined ? fieldsMissing(document, ['api.name']) : '';

/** The fleet's page counts those that the canary asks. */
const aHealthcheck: Takes = ({ healthcheckUrl }) =>
  healthcheckUrl === undefined ? 'adopt.healthcheckUrl' : '';

/** Expectations that an adopted system may lack something for, by their ids. */
const takenBy: Readonly<Record<string, Takes>> = {
  alarm: parts('api.name'),
  alarmClears: parts('api.name'),
  paged: aPage,
  pageEnds: aPage,
  fleetPaged: aHealthcheck,
  queueGrowth: parts('queues.subscriber', 'topicArn'),
  queueDrained: parts('queues.subscriber'),
  connections: parts(...sessionParts, 'cluster.connectionLimit'),
  openings: parts(...sessionParts),
  published: parts(...messageParts),
  lost: parts(...messageParts),
  duplicated: parts(...messageParts),
};

/** What a system lacks for an expectation, as fields of its configuration; empty where it has all. */
export const lackedFor = (expectation: string, document: PublishedDocument): string =>
  document.adopted ? (takenBy[expectation]?.(document) ?? '') : '';

/** What of a drill is not asked of its systems, by what they lack. */
export const unaskedOf = (
  expectations: readonly Pick<Expectation, 'id' | 'title'>[],
  systems: readonly PublishedDocument[],
): NonNullable<DrillResult['unasked']> =>
  systems.flatMap((document) => {
    const lacking = expectations.flatMap(({ id, title }) => {
      const lacks = lackedFor(id, document);
      return lacks === '' ? [] : [{ lacks, title }];
    });
    return [...Map.groupBy(lacking, ({ lacks }) => lacks)].map(([lacks, of]) => ({
      system: document.system,
      lacks,
      titles: [...new Set(of.map(({ title }) => title))],
    }));
  });
