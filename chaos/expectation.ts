import type { DocumentPart, PublishedDocument } from '../fleet/systemDocument.ts';
import type { Milestones, Observations } from './observations.ts';

/** Alarms whose states drills look at: a system's own, and the whole fleet's page (`affected`). */
export type DrillAlarm = 'errorRate' | 'deadLetters' | 'page' | 'pageMessages' | 'affected';

/** Something that a drill expects of every system: a measure, and the limit it is held to. */
export interface Expectation {
  id: string;
  title: string;
  unit: 'milliseconds' | 'percent' | 'count';
  /**
   * - `eventually`: it may take `withinMs` from the step's start to hold; then it is met for good.
   * - `always`: it must hold at every look; one look at which it doesn't ends the step.
   * - `atEnd`: it is judged when the step ends, and waits for nothing.
   */
  kind: 'eventually' | 'always' | 'atEnd';
  /** For `eventually`; left out, the whole step. */
  withinMs?: number;
  relation: '<=' | '>=';
  limit: number | ((system: PublishedDocument, observations: Observations) => number);
  /** Null: there is nothing to measure yet. */
  measure: (observations: Observations, milestones: Milestones) => number | null;
  /**
   * Parts of a system's document that it takes. It is not asked of an adopted system that lacks one, and the result names
   * the field.
   */
  needs: readonly DocumentPart[];
  /** The alarm whose state is measured: it is not asked of a system that has none. Left out: none is. */
  alarm?: DrillAlarm;
  /** Whether a drill that cannot ask it of a system has not tried what it is about, and is not passed. Left out: never. */
  essential?: (system: PublishedDocument) => boolean;
  /** Left out, always. An expectation that does not apply is not judged, and no part of the result. */
  applies?: (observations: Observations, milestones: Milestones) => boolean;
  /** Set where a system that does not meet this has failed, whatever cannot be found out after it. */
  decisive?: true;
  /** What to do when it is not met, as one sentence. */
  advice?: string;
  /** Set where a drill in which this is not met proves nothing, rather than that the system failed. */
  invalidates?: true;
}

/** A drill's step that waits for expectations. */
export interface WatchedStep {
  /** It is watched at least as long, so that what must always hold had time not to. */
  minimumMs: number;
  maximumMs: number;
  expectations: readonly Expectation[];
}

export type Outcome =
  | 'met'
  | 'unmet'
  /** Nothing was measured, or the step ended before it could be told. Never counts as met. */
  | 'undecided';

export interface Finding {
  expectation: Expectation;
  system: string;
  measured: number | null;
  limit: number;
  outcome: Outcome;
  /** More watching cannot change the outcome. */
  final: boolean;
}

/** Judges one expectation of one system after `elapsedMs` in the step. */
export function judge(
  expectation: Expectation,
  observations: Observations,
  milestones: Milestones,
  elapsedMs: number,
): Finding {
  const { limit: limitOf, relation, kind } = expectation;
  const system = observations.document;
  const limit = typeof limitOf === 'number' ? limitOf : limitOf(system, observations);
  const measured = expectation.measure(observations, milestones);
  const holds = measured === null ? null : relation === '<=' ? measured <= limit : measured >= limit;
  const found = (outcome: Outcome, final: boolean): Finding => ({
    expectation,
    system: system.system,
    measured,
    limit,
    outcome,
    final,
  });
  switch (kind) {
    case 'eventually': {
      if (holds === true) return found('met', true);
      const late = elapsedMs >= (expectation.withinMs ?? Infinity);
      return found(late ? 'unmet' : 'undecided', late);
    }
    case 'always':
      return holds === null ? found('undecided', false) : found(holds ? 'met' : 'unmet', !holds);
    case 'atEnd':
      return found(holds === null ? 'undecided' : holds ? 'met' : 'unmet', false);
  }
}

/**
 * Whether a watched step may end, and how. It ends as soon as one expectation has no way back, else when
 * all of them are decided.
 */
export function progressOf(
  findings: readonly Finding[],
  elapsedMs: number,
  step: WatchedStep,
): 'completed' | 'unmet' | 'waiting' {
  if (findings.some(({ outcome, final }) => final && outcome === 'unmet')) return 'unmet';
  if (elapsedMs < step.minimumMs) return 'waiting';
  if (findings.some(({ outcome }) => outcome === 'undecided')) return 'waiting';
  return findings.every(({ outcome }) => outcome === 'met') ? 'completed' : 'unmet';
}

/**
 * The findings as they stand when the step is over. What should have happened in the time the step was
 * given and didn't is unmet; where the step was cut short it stays undecided.
 */
export const conclude = (findings: readonly Finding[], elapsedMs: number, step: WatchedStep): Finding[] =>
  findings.map((finding) =>
    finding.outcome === 'undecided' &&
    finding.expectation.kind === 'eventually' &&
    elapsedMs >= step.maximumMs
      ? { ...finding, outcome: 'unmet', final: true }
      : finding,
  );
