import { messageParts, type PublishedDocument } from '../../fleet/systemDocument.ts';
import { connectionParts, observableParts } from '../lacking.ts';
import {
  answersBetween,
  isGood,
  saysSuccess,
  isWrong,
  latencyPercentile,
  percentOf,
  saysUnavailable,
  seenBetween,
  type Milestones,
} from '../observations.ts';
import type { Expectation } from '../expectation.ts';
import { limits } from '../../monitoring/limits.ts';
import {
  countSince,
  earliest,
  fromFaultTo,
  fromRestoreTo,
  fromRestoreToLasting,
  largest,
  looksSince,
  within,
} from './measures.ts';

/** Share of right answers before the fault, over `watchedMs` after the load's ramp. */
export const goodAnswersBefore = (rampMs: number, watchedMs: number): Expectation => ({
  id: 'goodAnswers',
  title: 'right answers before the fault',
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '>=',
  limit: 100 - limits.errorRatePercent,
  measure: (observations, { nowMs }) => {
    const [first] = observations.answers;
    if (first === undefined) return null;
    const fromMs = first.startMs + rampMs;
    return nowMs < fromMs + watchedMs ? null : percentOf(answersBetween(observations, fromMs), isGood);
  },
});

/** No 200 with a body other than the one asked for, since the named instant. */
export const noWrongBodies = (since: 'steadyMs' | 'injectMs' | 'restoredMs'): Expectation => ({
  id: 'wrongBodies',
  title: 'successes with a wrong body',
  needs: [],
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: (observations, milestones) => countSince(observations, milestones[since], isWrong),
});

export const noAlarmFiring = (): Expectation => ({
  id: 'alarmsFiring',
  title: 'alarms firing',
  needs: [],
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ firingAlarms }, { steadyMs }) =>
    seenBetween(firingAlarms, steadyMs).at(-1)?.value.length ?? null,
});

/** A steady state that doesn't hold says nothing of the fault: the drill is invalid, not failed. */
export const beforehand = (expectation: Expectation): Expectation => ({ ...expectation, invalidates: true });

/** Without one failed answer the fault reached nobody, and nothing was tried. */
export const faultHasEffect = (withinMs: number): Expectation => ({
  id: 'effect',
  title: 'first failed answer after the fault',
  needs: [],
  ...within(withinMs),
  measure: (observations, { injectMs, inPlaceMs }) => {
    if (injectMs === null || inPlaceMs === null) return null;
    const failed = answersBetween(observations, injectMs).filter((answer) => !saysSuccess(answer));
    return earliest(failed, (answer) => Math.max(0, answer.endMs - inPlaceMs));
  },
  invalidates: true,
});

/** A success while the database is out of reach came from nowhere. */
export const noGoodAnswersDuring = (graceMs: number): Expectation => ({
  id: 'answersWithoutDatabase',
  title: 'successes while the database is unavailable',
  needs: [],
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: (observations, milestones) =>
    countSince(observations, duringFrom(milestones, graceMs), saysSuccess),
});

export const unavailableAnswers = (graceMs: number, limitPercent: number): Expectation => ({
  id: 'unavailableShare',
  title: '503s (or their equivalent) among the answers while the database is unavailable',
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '>=',
  limit: limitPercent,
  measure: (observations, milestones) => {
    const from = duringFrom(milestones, graceMs);
    return from === null
      ? null
      : percentOf(answersBetween(observations, from), (answer) => saysUnavailable(observations, answer));
  },
});

export const fastUnavailable = (limitMs: number): Expectation => ({
  id: 'unavailableP95',
  title: 'p95 of the 503s (or their equivalent), from when each was sent',
  needs: [],
  unit: 'milliseconds',
  kind: 'atEnd',
  relation: '<=',
  limit: limitMs,
  measure: (observations, { injectMs }) =>
    injectMs === null
      ? null
      : latencyPercentile(
          answersBetween(observations, injectMs).filter((answer) => saysUnavailable(observations, answer)),
          95,
        ),
});

export const alarmReached = (withinMs: number): Expectation => ({
  id: 'alarm',
  title: 'errorRate alarm reaches ALARM',
  needs: [],
  alarm: 'errorRate',
  ...within(withinMs),
  measure: ({ errorAlarm }, milestones) => fromFaultTo('ALARM', errorAlarm, milestones),
});

/** Somebody is told: by the system's own page, or by the one of the whole fleet that holds it back. */
export const onCallPaged = (withinMs: number): Expectation => ({
  id: 'paged',
  title: 'on-call is paged',
  needs: [],
  alarm: 'page',
  ...within(withinMs),
  measure: ({ onCall }, milestones) => fromFaultTo('paged', onCall, milestones),
});

/** So much of the fleet is hurt that one page tells for all. */
export const fleetPaged = (withinMs: number): Expectation => ({
  id: 'fleetPaged',
  title: "the whole fleet's page goes off",
  needs: [],
  alarm: 'affected',
  ...within(withinMs),
  measure: ({ fleetPage }, milestones) => fromFaultTo('ALARM', fleetPage, milestones),
});

/** So little of it that nobody shall hear of all. */
export const fleetNotPaged = (): Expectation => ({
  id: 'fleetNotPaged',
  title: "observations of the whole fleet's page in alarm",
  needs: [],
  alarm: 'affected',
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ fleetPage }, { injectMs }) => looksSince(fleetPage, injectMs, (state) => state === 'ALARM'),
});

/** The page of affected users stays quiet: nobody is called for what is no outage. */
export const notPaged = (): Expectation => ({
  id: 'notPaged',
  title: 'observations of the page for affected users in alarm',
  needs: [],
  alarm: 'page',
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ onCall }, { injectMs }) => looksSince(onCall, injectMs, (known) => known !== 'quiet'),
});

/** Messages wait in the queue instead of being lost: growth over what it held just before the fault. */
export const queueGrows = (limit: (system: PublishedDocument) => number): Expectation => ({
  id: 'queueGrowth',
  title: 'growth of the queue',
  needs: [...observableParts.queues, ...messageParts],
  unit: 'count',
  kind: 'eventually',
  relation: '>=',
  limit,
  measure: ({ queued }, { steadyMs, injectMs }) => {
    if (injectMs === null) return null;
    const before = seenBetween(queued, steadyMs, injectMs).at(-1)?.value ?? null;
    const during = largest(seenBetween(queued, injectMs));
    return before === null || during === null ? null : during - before;
  },
});

export const firstGoodAnswer = (withinMs: number): Expectation => ({
  id: 'firstGoodAnswer',
  title: 'first right answer after the restore',
  needs: [],
  ...within(withinMs),
  measure: (observations, { restoredMs }) =>
    restoredMs === null
      ? null
      : earliest(
          answersBetween(observations, restoredMs).filter(isGood),
          (answer) => answer.endMs - restoredMs,
        ),
});

/**
 * Time from the restore until right answers alone follow for `quietMs`: every environment's backoff is
 * over by then.
 */
export const lastBadAnswer = (limitMs: number, quietMs: number): Expectation => ({
  id: 'allGoodAgain',
  title: 'only right answers after the restore',
  needs: [],
  unit: 'milliseconds',
  kind: 'eventually',
  withinMs: limitMs + quietMs,
  relation: '<=',
  limit: limitMs,
  measure: (observations, { restoredMs, nowMs }) => {
    if (restoredMs === null) return null;
    const since = answersBetween(observations, restoredMs).toSorted((a, b) => a.endMs - b.endMs);
    let quietFrom = restoredMs;
    for (const answer of since) {
      if (isGood(answer)) continue;
      if (answer.endMs - quietFrom >= quietMs) break;
      quietFrom = answer.endMs;
    }
    const answered = since.some((answer) => isGood(answer) && answer.endMs >= quietFrom);
    return answered && nowMs - quietFrom >= quietMs ? quietFrom - restoredMs : null;
  },
});

/** A storm of connections after the restore would pass the reserve. */
export const connectionsWithinReserve = (limitPercent: number): Expectation => ({
  id: 'connections',
  title: 'connections after the restore',
  needs: connectionParts,
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: ({ cluster }) => Math.floor(((cluster?.connectionLimit ?? 0) * limitPercent) / 100),
  measure: ({ sessions }, { restoredMs }) =>
    restoredMs === null ? null : largest(seenBetween(sessions, restoredMs)),
});

export const alarmClears = (withinMs: number): Expectation => ({
  id: 'alarmClears',
  title: 'errorRate alarm back to OK',
  needs: [],
  alarm: 'errorRate',
  ...within(withinMs),
  measure: ({ errorAlarm }, milestones) => fromRestoreTo('OK', errorAlarm, milestones),
});

/** Both the system's page and the fleet's are over, for good: not between the one and the other. */
export const pageEnds = (withinMs: number): Expectation => ({
  id: 'pageEnds',
  title: 'page is over',
  needs: [],
  alarm: 'page',
  ...within(withinMs),
  measure: ({ onCall }, milestones) => fromRestoreToLasting('quiet', onCall, milestones),
});

/** A count of zero would make "nothing lost" true of nothing. */
export const publishedMessages = (): Expectation => ({
  id: 'published',
  title: 'messages published',
  needs: observableParts.messages,
  unit: 'count',
  kind: 'atEnd',
  relation: '>=',
  limit: 1,
  measure: ({ reconciliations }) => reconciliations.at(-1)?.value.published ?? null,
});

export const queueDrained = (): Expectation => ({
  id: 'queueDrained',
  title: 'messages left in the queue',
  needs: observableParts.queues,
  unit: 'count',
  kind: 'eventually',
  relation: '<=',
  limit: 0,
  measure: ({ queued }, { settleMs }) =>
    settleMs === null ? null : (seenBetween(queued, settleMs).at(-1)?.value ?? null),
});

export const lostMessages = (): Expectation => ({
  id: 'lost',
  title: 'messages neither stored nor dead-lettered',
  needs: observableParts.messages,
  unit: 'count',
  kind: 'eventually',
  relation: '<=',
  limit: 0,
  measure: ({ reconciliations }) => reconciliations.at(-1)?.value.lost ?? null,
});

export const duplicatedMessages = (): Expectation => ({
  id: 'duplicated',
  title: 'messages stored twice',
  needs: observableParts.messages,
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: ({ reconciliations }) => reconciliations.at(-1)?.value.duplicated ?? null,
});

const duringFrom = ({ inPlaceMs, nowMs }: Milestones, graceMs: number): number | null =>
  inPlaceMs === null || nowMs < inPlaceMs + graceMs ? null : inPlaceMs + graceMs;
