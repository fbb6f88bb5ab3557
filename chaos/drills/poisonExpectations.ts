import {
  answersBetween,
  isGood,
  percentOf,
  seenBetween,
  type Milestones,
  type Observations,
} from '../observations.ts';
import type { Expectation } from '../expectation.ts';
import { observableParts } from '../lacking.ts';
import { limits } from '../../monitoring/limits.ts';
import { fromFaultTo, fromRestoreTo, fromRestoreToLasting, within } from './measures.ts';

/** Poison that never got into the topic hurt nobody. */
export const poisonPublished = (count: number, withinMs: number): Expectation => ({
  id: 'effect',
  title: 'poison messages published',
  needs: observableParts.poison,
  unit: 'count',
  kind: 'eventually',
  withinMs,
  relation: '>=',
  limit: count,
  measure: ({ poison }) => poison.at(-1)?.value.published ?? null,
  invalidates: true,
});

/** What the service stores is none for it: nothing was tried. */
export const poisonNotStored = (): Expectation => ({
  id: 'poisonStored',
  title: 'poison messages stored as if they were good',
  needs: observableParts.messages,
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ poisonStored }) => poisonStored.at(-1)?.value ?? null,
  invalidates: true,
});

/**
 * All poison lies among the dead letters with its reason before one of them can have been received a second
 * time: it was not retried, not even once. Counted from the first that was published.
 */
export const poisonGivenUpAtOnce = (visibilityTimeoutMs: number): Expectation => ({
  id: 'givenUp',
  title: 'all poison in the dead-letter queue, with its reason',
  needs: observableParts.poison,
  ...within(visibilityTimeoutMs),
  measure: ({ poison }, { injectMs }) => {
    const seen = poison.find(({ value }) => value.published > 0 && value.explained === value.published);
    return seen === undefined || injectMs === null ? null : seen.atMs - injectMs;
  },
});

/** A good message that is tried again because of a bad one beside it comes a visibility timeout later. */
export const companionsStored = (visibilityTimeoutMs: number): Expectation => ({
  id: 'companions',
  title: 'good messages published with the poison are stored',
  needs: observableParts.poison,
  ...within(visibilityTimeoutMs),
  measure: ({ poison }, { injectMs }) => {
    const seen = poison.find(({ value }) => value.companionsLeft === 0);
    return seen === undefined || injectMs === null ? null : seen.atMs - injectMs;
  },
});

/** More than the poison, once each: a message was given up twice, or a good one was. */
export const noOtherDeadLetters = (): Expectation => ({
  id: 'otherDeadLetters',
  title: 'dead letters beyond the poison, once each',
  needs: observableParts.poison,
  unit: 'count',
  kind: 'atEnd',
  relation: '<=',
  limit: 0,
  measure: (observations, milestones) => {
    const grown = deadLettersGrown(observations, milestones);
    const published = observations.poison.at(-1)?.value.published;
    return grown === null || published === undefined ? null : grown - published;
  },
});

/** The API has no part in it. */
export const goodAnswersDuring = (): Expectation => ({
  id: 'goodAnswersDuring',
  title: 'right answers meanwhile',
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '>=',
  limit: 100 - limits.errorRatePercent,
  measure: (observations, { injectMs }) =>
    injectMs === null ? null : percentOf(answersBetween(observations, injectMs), isGood),
});

export const deadLetterAlarmReached = (withinMs: number): Expectation => ({
  id: 'alarm',
  title: 'deadLetters alarm reaches ALARM',
  needs: [],
  alarm: 'deadLetters',
  ...within(withinMs),
  measure: ({ deadLetterAlarm }, milestones) => fromFaultTo('ALARM', deadLetterAlarm, milestones),
});

export const toldOfMessages = (withinMs: number): Expectation => ({
  id: 'paged',
  title: 'on-call is notified of the messages given up',
  needs: [],
  alarm: 'pageMessages',
  ...within(withinMs),
  measure: ({ messagesOnCall }, milestones) => fromFaultTo('paged', messagesOnCall, milestones),
});

export const deadLetterAlarmClears = (withinMs: number): Expectation => ({
  id: 'alarmClears',
  title: 'deadLetters alarm back to OK',
  needs: [],
  alarm: 'deadLetters',
  ...within(withinMs),
  measure: ({ deadLetterAlarm }, milestones) => fromRestoreTo('OK', deadLetterAlarm, milestones),
});

export const messagesPageEnds = (withinMs: number): Expectation => ({
  id: 'pageEnds',
  title: 'page for the messages given up is over',
  needs: [],
  alarm: 'pageMessages',
  ...within(withinMs),
  measure: ({ messagesOnCall }, milestones) => fromRestoreToLasting('quiet', messagesOnCall, milestones),
});

/** Whoever else's lie there, lie there still. */
export const otherDeadLettersKept = (): Expectation => ({
  id: 'deadLettersTaken',
  title: 'other dead letters that are gone',
  needs: observableParts.deadLetters,
  unit: 'count',
  kind: 'eventually',
  relation: '<=',
  limit: 0,
  measure: (observations, milestones) => {
    const grown = deadLettersGrown(observations, milestones);
    return grown === null || milestones.restoredMs === null ? null : Math.max(0, -grown);
  },
});

export const noPoisonLeft = (): Expectation => ({
  id: 'poisonLeft',
  title: 'poison messages left in the dead-letter queue',
  needs: observableParts.poisonLeft,
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ poisonLeft }) => poisonLeft.at(-1)?.value ?? null,
});

export const noGoodDeadLetters = (): Expectation => ({
  id: 'goodDeadLettered',
  title: 'good messages dead-lettered',
  needs: observableParts.messages,
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ reconciliations }) => reconciliations.at(-1)?.value.deadLettered ?? null,
});

/** Growth of the dead-letter queue over what it held just before the fault. */
function deadLettersGrown({ deadLetters }: Observations, { steadyMs, injectMs }: Milestones): number | null {
  if (injectMs === null) return null;
  const before = seenBetween(deadLetters, steadyMs, injectMs).at(-1)?.value ?? null;
  const now = seenBetween(deadLetters, injectMs).at(-1)?.value ?? null;
  return before === null || now === null ? null : now - before;
}
