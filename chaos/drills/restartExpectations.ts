import { limits } from '../../monitoring/limits.ts';
import type { Expectation } from '../expectation.ts';
import { observableParts, sessionParts } from '../lacking.ts';
import {
  answersBetween,
  isGood,
  percentOf,
  saysUnavailable,
  type Milestones,
  type Observations,
} from '../observations.ts';
import { within } from './measures.ts';

/** When the database was first seen back after it had been seen away after the fault; null before. */
export function backMs(
  { database }: Observations,
  { injectMs }: Pick<Milestones, 'injectMs'>,
): number | null {
  if (injectMs === null) return null;
  const away = database.findIndex(({ atMs, value }) => atMs >= injectMs && value === 'away');
  if (away < 0) return null;
  return database.slice(away).find(({ value }) => value === 'answers')?.atMs ?? null;
}

/** The same, where what heals by itself counts as restored when it has. */
export const sinceBack = (expectation: Expectation): Expectation => ({
  ...expectation,
  measure: (observations, milestones) =>
    expectation.measure(observations, { ...milestones, restoredMs: backMs(observations, milestones) }),
});

/** Of an outage that nobody saw begin nobody could say that it is over. */
export const databaseAway = (withinMs: number): Expectation => ({
  id: 'databaseAway',
  title: 'the database is seen away',
  needs: observableParts.database,
  ...within(withinMs),
  measure: ({ database }, { injectMs }) => {
    if (injectMs === null) return null;
    const away = database.find(({ atMs, value }) => atMs >= injectMs && value === 'away');
    return away === undefined ? null : away.atMs - injectMs;
  },
  invalidates: true,
});

export const databaseBack = (withinMs: number): Expectation => ({
  id: 'databaseBack',
  title: 'the database is back',
  needs: observableParts.database,
  ...within(withinMs),
  measure: (observations, milestones) => {
    const atMs = backMs(observations, milestones);
    return atMs === null || milestones.injectMs === null ? null : atMs - milestones.injectMs;
  },
  decisive: true,
  advice:
    'there is nothing to undo; "aws redshift describe-clusters" or "aws rds describe-db-instances" gives its status, and ' +
    '"describe-events" of the same the reason. Once it is available, the service recovers by itself, and messages are kept; ' +
    'if it does not come back, open a case with AWS and restore its newest snapshot',
});

/** An outage that is over before the alarm had two bad periods for certain is nobody's to be told of. */
export const onlyWhereTold = (expectation: Expectation, toldFromMs: number): Expectation => ({
  ...expectation,
  applies: (observations, milestones) => {
    const atMs = backMs(observations, milestones);
    return atMs === null || milestones.injectMs === null || atMs - milestones.injectMs >= toldFromMs;
  },
});

/** How a client is told that the database is away, once what was under way has ended. */
export const unavailableAmongFailed = (graceMs: number, limitPercent: number): Expectation => ({
  id: 'unavailableShare',
  title: '503s (or their equivalent) among the answers that are not right',
  needs: [],
  unit: 'percent',
  kind: 'atEnd',
  relation: '>=',
  limit: limitPercent,
  measure: (observations, { injectMs }) => {
    if (injectMs === null) return null;
    const failed = answersBetween(observations, injectMs + graceMs).filter((answer) => !isGood(answer));
    return percentOf(failed, (answer) => saysUnavailable(observations, answer));
  },
});

/**
 * The most connections that were opened within any one second after the database went away. Environments that come back
 * by chance, over the longest pause between two attempts, make a known number of them; a storm makes all.
 */
export const openingsPerSecond = (): Expectation => ({
  id: 'openings',
  title: 'connections opened within a second',
  needs: sessionParts,
  unit: 'count',
  kind: 'atEnd',
  relation: '<=',
  limit: (_system, observations) => openingsAllowed(openedSinceAway(observations).length),
  measure: (observations) => mostWithinASecond(openedSinceAway(observations)),
});

/** Before the database went away some were opened too, when the load began. */
function openedSinceAway({ database, openings }: Observations): number[] {
  const away = database.find(({ value }) => value === 'away');
  return away === undefined ? [] : openings.map(({ atMs }) => atMs).filter((atMs) => atMs >= away.atMs);
}

/** What chance makes of so many connections within the worst second. */
export function openingsAllowed(connections: number): number {
  const { sharePercent, deviations } = limits.drill.openings;
  const share = sharePercent / 100;
  const expected = connections * share;
  return Math.floor(expected + deviations * Math.sqrt(expected * (1 - share)));
}

/** Null without any. */
export function mostWithinASecond(timesMs: readonly number[]): number | null {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let most: number | null = null;
  let from = 0;
  for (const [index, atMs] of sorted.entries()) {
    while (atMs - (sorted[from] ?? atMs) >= 1_000) from += 1;
    most = Math.max(most ?? 0, index - from + 1);
  }
  return most;
}
