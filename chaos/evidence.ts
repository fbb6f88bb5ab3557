import type { SystemDocument } from '../monitoring/systemDocument.ts';
import type { Reconciliation } from './reconcile.ts';

/** One answer of the background load. */
export interface Answer {
  intendedStartMs: number;
  endMs: number;
  /** From the intended start. */
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

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * What on-call knows of a system's trouble: nothing to tell; told; or a page in ALARM that tells nobody yet,
 * since it waits for a wider one to tell in its stead.
 */
export type OnCall = 'quiet' | 'paged' | 'held back';

/** All that a drill has seen of one system, oldest first. */
export interface SystemEvidence {
  readonly document: SystemDocument;
  readonly answers: Answer[];
  readonly onCall: Sighting<OnCall>[];
  /** State of the metric alarm that sees the errors first. */
  readonly errorAlarm: Sighting<AlarmState>[];
  /** Names of the system's and the fleet's alarms in state ALARM. */
  readonly firingAlarms: Sighting<readonly string[]>[];
  /** Messages in the subscriber's queue: waiting, delayed and being worked on. */
  readonly queued: Sighting<number>[];
  /** Database sessions of the service's users. */
  readonly sessions: Sighting<number>[];
  readonly reconciliations: Sighting<Reconciliation>[];
}

export const noEvidence = (document: SystemDocument): SystemEvidence => ({
  document,
  answers: [],
  onCall: [],
  errorAlarm: [],
  firingAlarms: [],
  queued: [],
  sessions: [],
  reconciliations: [],
});

/** Instants of a drill, milliseconds since the epoch; null while not reached. */
export interface Marks {
  steadyMs: number;
  injectMs: number | null;
  /** The fault is in place everywhere. */
  inPlaceMs: number | null;
  restoredMs: number | null;
  /** Load and publisher have stopped. */
  settleMs: number | null;
  nowMs: number;
}

/** A 200 with the right body. */
export const isGood = (answer: Answer): boolean => answer.status === 200 && answer.checksHold;

/** A 200 whose body is not the one asked for: worse than an error, since the client believes it. */
export const isWrong = (answer: Answer): boolean => answer.status === 200 && !answer.checksHold;

/** Answers to requests that were meant to start in [fromMs, toMs). */
export const answersBetween = (evidence: SystemEvidence, fromMs: number, toMs = Infinity): Answer[] =>
  evidence.answers.filter((answer) => answer.intendedStartMs >= fromMs && answer.intendedStartMs < toMs);

/** The nearest-rank percentile; null without values. */
export function percentile(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

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
