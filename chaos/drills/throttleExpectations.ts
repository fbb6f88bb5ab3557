import {
  answersBetween,
  isGood,
  latencyPercentile,
  percentOf,
  seenBetween,
  type Answer,
} from '../observations.ts';
import type { Expectation } from '../expectation.ts';
import { connectionParts } from '../lacking.ts';
import { limits } from '../../monitoring/limits.ts';
import { countSince, earliest, largest, within } from './measures.ts';

const isRefused = ({ status }: Answer): boolean => status === 429;

/** While every answer is right the throttle held nobody back. A wrong answer to it is an effect too. */
export const throttleHasEffect = (withinMs: number): Expectation => ({
  id: 'effect',
  title: 'first answer after the throttle that is not right',
  needs: [],
  ...within(withinMs),
  measure: (observations, { injectMs, inPlaceMs }) => {
    if (injectMs === null || inPlaceMs === null) return null;
    const others = answersBetween(observations, injectMs).filter((answer) => !isGood(answer));
    return earliest(others, ({ endMs }) => Math.max(0, endMs - inPlaceMs));
  },
  invalidates: true,
});

export const refusedShare = (limitPercent: number): Expectation =>
  shareSinceFirstRefusal('refusedShare', '429s among the answers', limitPercent, isRefused);

/** What the throttle leaves room for gets through: it refuses the rest, not everything. */
export const servedShare = (limitPercent: number): Expectation =>
  shareSinceFirstRefusal('servedShare', 'right answers among the answers', limitPercent, isGood);

/** Until the first refusal the throttle may not be obeyed yet, or its burst is spent. */
const shareSinceFirstRefusal = (
  id: string,
  title: string,
  limitPercent: number,
  predicate: (answer: Answer) => boolean,
): Expectation => ({
  id,
  title,
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '>=',
  limit: limitPercent,
  measure: (observations, { injectMs }) => {
    if (injectMs === null) return null;
    const refused = answersBetween(observations, injectMs).filter(isRefused);
    const fromMs = earliest(refused, ({ startMs }) => startMs);
    return fromMs === null ? null : percentOf(answersBetween(observations, fromMs), predicate);
  },
});

/** Neither a right answer nor a quick no: an error, a timeout, nothing at all. */
export const nothingElse = (): Expectation => ({
  id: 'otherAnswers',
  title: 'answers that are neither right nor a 429',
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '<=',
  limit: limits.errorRatePercent,
  measure: (observations, { injectMs }) =>
    injectMs === null
      ? null
      : percentOf(answersBetween(observations, injectMs), (answer) => !isGood(answer) && !isRefused(answer)),
});

/** A throttle is no failure of the service. */
export const noServerErrors = (): Expectation => ({
  id: 'serverErrors',
  title: 'answers with a 5xx status',
  needs: [],
  unit: 'count',
  kind: 'always',
  relation: '<=',
  limit: 0,
  measure: (observations, { injectMs }) => countSince(observations, injectMs, ({ status }) => status >= 500),
});

export const fastRefusals = (limitMs: number): Expectation =>
  p99('refusedP99', 'p99 of the 429s, from when each was sent', limitMs, isRefused);

export const fastAnswers = (limitMs: number): Expectation =>
  p99('servedP99', 'p99 of the right answers, from when each was sent', limitMs, isGood);

const p99 = (
  id: string,
  title: string,
  limitMs: number,
  predicate: (answer: Answer) => boolean,
): Expectation => ({
  id,
  title,
  needs: [],
  unit: 'milliseconds',
  kind: 'atEnd',
  relation: '<=',
  limit: limitMs,
  measure: (observations, { injectMs }) => {
    if (injectMs === null) return null;
    return latencyPercentile(answersBetween(observations, injectMs).filter(predicate), 99);
  },
});

/** What is refused costs the database nothing. */
export const connectionsDoNotGrow = (limitPercent: number): Expectation => ({
  id: 'connections',
  title: 'connections beyond those before the throttle',
  needs: connectionParts,
  unit: 'count',
  kind: 'atEnd',
  relation: '<=',
  limit: ({ cluster }) => Math.floor(((cluster?.connectionLimit ?? 0) * limitPercent) / 100),
  measure: ({ sessions }, { steadyMs, injectMs }) => {
    if (injectMs === null) return null;
    const before = largest(seenBetween(sessions, steadyMs, injectMs));
    const during = largest(seenBetween(sessions, injectMs));
    return before === null || during === null ? null : Math.max(0, during - before);
  },
});
