import type { DrillResult, SeenSystem } from './drill.ts';

// What the pictures of a drill have in common, on the terminal and on a page: this file imports nothing.

/** Every answer is one of these. */
export const answerKinds = [
  ['right', 'right a second'],
  ['unavailable', '503 a second'],
  ['refused', '429 a second'],
  ['wrong', 'wrong a second'],
  ['other', 'other a second'],
] as const;

/** A stretch of a drill, in seconds since its start. */
export interface Stretch {
  from: number;
  to: number;
}

/** How long the axis is, in seconds and one at least; null for a drill that took no step. */
export function drillSeconds(timeline: DrillResult['timeline']): number | null {
  const [first, last] = [timeline[0], timeline.at(-1)];
  return first && last ? Math.max(1, (Date.parse(last.end) - Date.parse(first.start)) / 1_000) : null;
}

/** From the fault's injection until it was undone; null without a fault. */
export function faultStretch(timeline: DrillResult['timeline']): Stretch | null {
  const inject = timeline.find(({ step }) => step === 'inject');
  if (!timeline[0] || !inject) return null;
  const startMs = Date.parse(timeline[0].start);
  const restore = timeline.find(({ step }) => step === 'restore') ?? inject;
  return {
    from: (Date.parse(inject.start) - startMs) / 1_000,
    to: (Date.parse(restore.end) - startMs) / 1_000,
  };
}

/** The system of the first expectation that was not met; where all were, the first. */
export function worstSeen({
  seen = [],
  expectations,
}: Pick<DrillResult, 'seen' | 'expectations'>): SeenSystem | undefined {
  const name = expectations.find(({ outcome }) => outcome !== 'met')?.system;
  return seen.find(({ system }) => system === name) ?? seen[0];
}

/** Each value until the next one was seen, the last until the end. */
export const heldStretches = <Value>(
  changes: readonly { second: number; value: Value }[],
  end: number,
): (Stretch & { value: Value })[] =>
  changes.map(({ second, value }, index) => ({
    from: second,
    to: changes[index + 1]?.second ?? Math.max(second, end),
    value,
  }));
