import { percentile } from '../core/statistics.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { answerKinds } from '../records/drillAxis.ts';
import type { Reconciliation } from '../loadtests/messages/reconcile.ts';

/** One answer of the background load. */
export interface Answer {
  startMs: number;
  endMs: number;
  /** From when it was sent. */
  latencyMs: number;
  /** HTTP status; 0 is a request without an answer. */
  status: number;
  /** Every check of the load script held, the body's included. */
  checksHold: boolean;
}

export interface Sighting<T> {
  atMs: number;
  value: T;
}

/** What became of the messages that can never succeed, and of the good ones that were published with them. */
export interface PoisonSeen {
  /** Distinct ones that SNS acknowledged. */
  published: number;
  /** Distinct ones in the dead-letter queue, and those of them with the reason that theirs is. */
  deadLettered: number;
  explained: number;
  /** Good messages published by the first look after the poison that are not stored; null before it. */
  companionsLeft: number | null;
}

export const noPoison: PoisonSeen = {
  published: 0,
  deadLettered: 0,
  explained: 0,
  companionsLeft: null,
};

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * What on-call knows of a system's trouble: nothing to tell; told; or a page in ALARM that notifies nobody yet,
 * since it waits for a wider one to tell in its stead.
 */
export type OnCall = 'quiet' | 'paged' | 'held back';

/** All that a drill has seen of one system, oldest first. */
export interface Observations {
  readonly document: PublishedDocument;
  readonly answers: Answer[];
  readonly onCall: Sighting<OnCall>[];
  /** The same of messages that were given up, which have a page of their own. */
  readonly messagesOnCall: Sighting<OnCall>[];
  /** State of the dead-letter queue's alarm. */
  readonly deadLetterAlarm: Sighting<AlarmState>[];
  /** State of the page of the whole fleet. */
  readonly fleetPage: Sighting<AlarmState>[];
  /** State of the metric alarm that sees the errors first. */
  readonly errorAlarm: Sighting<AlarmState>[];
  /** Names of the system's and the fleet's alarms in state ALARM. */
  readonly firingAlarms: Sighting<readonly string[]>[];
  /** Messages in the subscriber's queue: waiting, delayed and being worked on. */
  readonly queued: Sighting<number>[];
  /** Database sessions of the service's users. */
  readonly sessions: Sighting<number>[];
  /** Whether the cluster is available and its database answers the Data API. */
  readonly database: Sighting<'answers' | 'away'>[];
  /** Connections that the service's users opened since the fault, at the database's own time; each once. */
  readonly openings: Sighting<number>[];
  /** Messages in the dead-letter queue, whoever's. */
  readonly deadLetters: Sighting<number>[];
  readonly poison: Sighting<PoisonSeen>[];
  /** Messages that can never succeed in the table, as if they were good. */
  readonly poisonStored: Sighting<number>[];
  /** The drill's own messages in the dead-letter queue. */
  readonly poisonLeft: Sighting<number>[];
  readonly reconciliations: Sighting<Reconciliation>[];
}

export const noObservations = (document: PublishedDocument): Observations => ({
  document,
  answers: [],
  onCall: [],
  messagesOnCall: [],
  deadLetterAlarm: [],
  fleetPage: [],
  errorAlarm: [],
  firingAlarms: [],
  queued: [],
  sessions: [],
  database: [],
  openings: [],
  deadLetters: [],
  poison: [],
  poisonStored: [],
  poisonLeft: [],
  reconciliations: [],
});

/** Instants of a drill, milliseconds since the epoch; null while not reached. */
export interface Milestones {
  steadyMs: number;
  injectMs: number | null;
  /** The fault is in place everywhere. */
  inPlaceMs: number | null;
  restoredMs: number | null;
  /** Load and publisher have stopped. */
  settleMs: number | null;
  nowMs: number;
}

/** A status that says all is well: 200, 201, 202… Whether it is this request's, its checks say. */
export const saysSuccess = ({ status }: Answer): boolean => status >= 200 && status < 400;

/**
 * Whether an answer says that the service cannot answer now: a 503; of an adopted system whose outages do not look like
 * one (`errors` of its configuration), every failed answer.
 */
export function saysUnavailable({ document: { errors } }: Observations, { status }: Answer): boolean {
  const isServerError = !errors || ('metric' in errors && errors.metric === '5XXError');
  return isServerError ? status === 503 : status >= 400;
}

/** A success with the status and the body that are right for its request. */
export const isGood = (answer: Answer): boolean => saysSuccess(answer) && answer.checksHold;

/** A success that is not the one asked for: worse than an error, since the client believes it. */
export const isWrong = (answer: Answer): boolean => saysSuccess(answer) && !answer.checksHold;

export type AnswerKind = (typeof answerKinds)[number][0];

/** Every answer is of one kind. */
export function countByKind(answers: readonly Answer[]): Record<AnswerKind, number> {
  const counts = { right: 0, wrong: 0, unavailable: 0, refused: 0, other: 0 };
  for (const answer of answers) counts[kindOf(answer)] += 1;
  return counts;
}

function kindOf(answer: Answer): AnswerKind {
  if (saysSuccess(answer)) return answer.checksHold ? 'right' : 'wrong';
  if (answer.status === 503) return 'unavailable';
  return answer.status === 429 ? 'refused' : 'other';
}

/** Answers to requests that were meant to start in [fromMs, toMs). */
export const answersBetween = (observations: Observations, fromMs: number, toMs = Infinity): Answer[] =>
  observations.answers.filter((answer) => answer.startMs >= fromMs && answer.startMs < toMs);

/** Percentile of the answers' latencies, milliseconds; null without answers. */
export const latencyPercentile = (answers: readonly Answer[], percent: number): number | null =>
  answers.length === 0
    ? null
    : percentile(
        answers.map(({ latencyMs }) => latencyMs),
        percent,
      );

/** Share of the answers that satisfy `predicate`, percent; null without answers. */
export const percentOf = (
  answers: readonly Answer[],
  predicate: (answer: Answer) => boolean,
): number | null => (answers.length === 0 ? null : (answers.filter(predicate).length / answers.length) * 100);

/** Sightings in [fromMs, toMs). */
export const seenBetween = <T>(
  sightings: readonly Sighting<T>[],
  fromMs: number,
  toMs = Infinity,
): Sighting<T>[] => sightings.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
