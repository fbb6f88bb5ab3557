import {
  fieldsMissing,
  hasParts,
  messageParts,
  type DocumentPart,
  type DocumentWith,
  type PublishedDocument,
  type SystemDocument,
} from '../fleet/systemDocument.ts';
import { ofAnySize, publishedSystem } from '../fleet/names.ts';
import { fieldsLackedForAlarm } from '../monitoring/alarms/telling.ts';
import { fieldsLackedBy } from '../monitoring/needs.ts';
import type { Fault, FaultPlan } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import { DrillRefusedError } from './errors.ts';
import type { DrillResult } from '../records/drill.ts';
import type { DrillAlarm, Expectation } from './expectation.ts';
import type { Observations } from './observations.ts';
import type { Observable } from './observers/observer.ts';

/** What it takes to see the sessions of a system's users, and to end them. */
export const sessionParts = ['cluster', 'cluster.database', 'cluster.adminSecretArn'] as const;

/** What it takes to compare them with what the database accepts. */
export const connectionParts = [...sessionParts, 'cluster.connectionLimit'] as const;

/** What it takes to look at something. */
export const observableParts = {
  alarms: [],
  queues: ['queues.subscriber'],
  sessions: sessionParts,
  database: ['cluster'],
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
    throw new DrillRefusedError('fault', `${document.system} has no ${lacking}, which ${fault.name} needs`);
  }
  // It reads what it needs, and no more.
  return fault.plan(document as SystemDocument, identity);
}

/** A question that a drill does not put to a system. */
export interface Unasked {
  system: string;
  /** Fields of its configuration that it lacks. */
  lacks: string;
  title: string;
  /** Without its answer the drill is not passed. */
  essential: boolean;
}

type Question = Pick<Expectation, 'title' | 'needs' | 'alarm' | 'essential'>;

/** What a system lacks for an expectation, as fields of its configuration; empty where it has all. */
export const lackedFor = ({ needs, alarm }: Question, document: PublishedDocument): string =>
  [fieldsMissing(document, needs), alarm === undefined ? '' : lackedForAlarm(alarm, document)]
    .filter((fields) => fields !== '')
    .join(', ');

/** What a system lacks for an alarm of its own, or to count for the fleet's. */
export function lackedForAlarm(alarm: DrillAlarm, document: PublishedDocument): string {
  const system = publishedSystem(document, ofAnySize);
  // The fleet's page counts those that the canary asks.
  return alarm === 'affected'
    ? fieldsLackedBy(system, ['hasHealthcheck']).join(', ')
    : fieldsLackedForAlarm(system, alarm);
}

/** What of a drill is not asked of its systems, by what they lack; each question once a system. */
export const unaskedOf = (
  steps: Readonly<Record<string, { expectations: readonly Question[] }>>,
  systems: readonly PublishedDocument[],
): Unasked[] =>
  systems.flatMap((document) => {
    const { system } = document;
    const expectations = Object.values(steps).flatMap((step) => step.expectations);
    const unasked = expectations.flatMap((expectation) => {
      const lacks = lackedFor(expectation, document);
      const { title, essential } = expectation;
      return lacks === '' ? [] : [{ system, lacks, title, essential: essential?.(document) ?? false }];
    });
    // What one of them cannot be passed without, all of the same title cannot.
    return [...Map.groupBy(unasked, ({ title }) => title).values()].map((alike) => ({
      ...alike[0]!,
      essential: alike.some(({ essential }) => essential),
    }));
  });

/** The same as records have it: the questions together that lack the same. */
export const unaskedRecords = (unasked: readonly Unasked[]): NonNullable<DrillResult['unasked']> =>
  [...Map.groupBy(unasked, ({ system, lacks }) => `${system} ${lacks}`).values()].map((alike) => ({
    system: alike[0]!.system,
    lacks: alike[0]!.lacks,
    titles: alike.map(({ title }) => title),
  }));

/** What a system cannot be passed without, as one sentence. */
export const essentialInWords = ({ system, lacks, title }: Unasked): string =>
  `${system}: ${title}: not checked, since it lacks ${lacks}`;
