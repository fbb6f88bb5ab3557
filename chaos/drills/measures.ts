import {
  answersBetween,
  seenBetween,
  type Answer,
  type Milestones,
  type Sighting,
  type Observations,
} from '../observations.ts';

/** A time in milliseconds that is reached, at the latest, `withinMs` after its step's start. */
export const within = (withinMs: number) =>
  ({ unit: 'milliseconds', kind: 'eventually', withinMs, relation: '<=', limit: withinMs }) as const;

/** From the fault until a state was first seen; one seen while the fault was being put in place is at once. */
export function fromFaultTo<T>(
  state: T,
  sightings: readonly Sighting<T>[],
  { injectMs, inPlaceMs }: Milestones,
): number | null {
  if (injectMs === null || inPlaceMs === null) return null;
  const reached = seenBetween(sightings, injectMs).find(({ value }) => value === state);
  return reached === undefined ? null : Math.max(0, reached.atMs - inPlaceMs);
}

/** From the restore until a state was first seen. */
export function fromRestoreTo<T>(
  state: T,
  sightings: readonly Sighting<T>[],
  { restoredMs }: Milestones,
): number | null {
  if (restoredMs === null) return null;
  const reached = seenBetween(sightings, restoredMs).find(({ value }) => value === state);
  return reached === undefined ? null : reached.atMs - restoredMs;
}

/** From the restore until a state is reached that stays. */
export function fromRestoreToLasting<T>(
  state: T,
  sightings: readonly Sighting<T>[],
  { restoredMs }: Milestones,
): number | null {
  if (restoredMs === null) return null;
  const since = seenBetween(sightings, restoredMs);
  const first = since[since.findLastIndex(({ value }) => value !== state) + 1];
  return first === undefined ? null : first.atMs - restoredMs;
}

/** Null without a single answer since then. */
export function countSince(
  observations: Observations,
  fromMs: number | null,
  predicate: (answer: Answer) => boolean,
): number | null {
  if (fromMs === null) return null;
  const answers = answersBetween(observations, fromMs);
  return answers.length === 0 ? null : answers.filter(predicate).length;
}

/** At how many looks since then something was so; null without a single look. */
export function looksSince<T>(
  sightings: readonly Sighting<T>[],
  fromMs: number | null,
  isSo: (value: T) => boolean,
): number | null {
  if (fromMs === null) return null;
  const since = seenBetween(sightings, fromMs);
  return since.length === 0 ? null : since.filter(({ value }) => isSo(value)).length;
}

export const earliest = (answers: readonly Answer[], timeOf: (answer: Answer) => number): number | null =>
  answers.reduce<number | null>((least, answer) => Math.min(least ?? Infinity, timeOf(answer)), null);

export const largest = (sightings: readonly { value: number }[]): number | null =>
  sightings.reduce<number | null>((most, { value }) => Math.max(most ?? -Infinity, value), null);
