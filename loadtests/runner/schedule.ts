import type { ScenarioOptions } from './options.ts';
import { constantStarts, rampingStarts, userSteps, type UserStep } from './pacer.ts';
import type { Share } from './share.ts';

/** How long scenarios go on, without what they wait for afterwards; null where the number of iterations decides. */
export function plannedMs(scenarios: Readonly<Record<string, ScenarioOptions>>): number | null {
  const ends = Object.values(scenarios).map((scenario) => {
    const lastMs = durationMs(scenario);
    return lastMs === null ? Number.NaN : scenario.startTime + lastMs;
  });
  const last = Math.max(...ends);
  return Number.isNaN(last) ? null : last;
}

type ByIterations = Extract<ScenarioOptions, { executor: 'shared-iterations' | 'per-vu-iterations' }>;

/** How long a scenario goes on; null where the number of iterations decides. */
export function durationMs(scenario: Exclude<ScenarioOptions, ByIterations>): number;
export function durationMs(scenario: ScenarioOptions): number | null;
export function durationMs(scenario: ScenarioOptions): number | null {
  switch (scenario.executor) {
    case 'constant-arrival-rate':
    case 'constant-vus':
      return scenario.duration;
    case 'ramping-arrival-rate':
    case 'ramping-vus':
      return scenario.stages.reduce((sum, { duration }) => sum + duration, 0);
    case 'shared-iterations':
    case 'per-vu-iterations':
      return null;
  }
}

/** The most users that a scenario may have, all instances together. */
export function mostUsers(scenario: ScenarioOptions): number {
  if ('vus' in scenario) return scenario.vus;
  if (scenario.executor === 'ramping-vus')
    return Math.max(scenario.startVUs, ...scenario.stages.map(({ target }) => target));
  return scenario.maxVUs ?? scenario.preAllocatedVUs;
}

/** The users that a scenario has before it starts, all instances together. */
export const usersAtFirst = (scenario: ScenarioOptions): number =>
  'preAllocatedVUs' in scenario ? scenario.preAllocatedVUs : mostUsers(scenario);

/** When the number of a scenario's users changes, all instances together. */
export const userStepsOf = ({
  startVUs,
  stages,
}: Extract<ScenarioOptions, { executor: 'ramping-vus' }>): Generator<UserStep> =>
  userSteps(
    startVUs,
    stages.map(({ duration, target }) => ({ durationMs: duration, target })),
  );

/**
 * When the first iteration of a scenario is to begin, in milliseconds from the scenario's start; null where none is.
 * @param share the instance's, by the scenario's users
 */
export function firstStartMs(scenario: ScenarioOptions, share: Share): number | null {
  if (scenario.executor === 'ramping-vus') {
    for (const { atMs, users } of userStepsOf(scenario)) if (share.part(users) > 0) return atMs;
    return null;
  }
  const starts = startsOf(scenario, share);
  if (!starts) return 0;
  const first = starts.next();
  return first.done ? null : first.value;
}

/**
 * When an instance is to start iterations of a scenario, in milliseconds from the scenario's start; null where they
 * are not paced but follow one another.
 * @param share the instance's, by the scenario's users
 */
export function startsOf(scenario: ScenarioOptions, share: Share): Generator<number, undefined> | null {
  const all = scheduledStarts(scenario);
  return all && only(all, share);
}

function* only(starts: Iterable<number>, share: Share): Generator<number, undefined> {
  let index = 0;
  for (const start of starts) if (share.has(index++)) yield start;
  return undefined;
}

export function scheduledStarts(scenario: ScenarioOptions): Generator<number> | null {
  const { executor } = scenario;
  switch (executor) {
    case 'constant-arrival-rate':
      return constantStarts(scenario.rate / scenario.timeUnit, scenario.duration);
    case 'ramping-arrival-rate':
      return rampingStarts({
        startRatePerMs: scenario.startRate / scenario.timeUnit,
        stages: scenario.stages.map(({ duration, target }) => ({
          durationMs: duration,
          targetPerMs: target / scenario.timeUnit,
        })),
      });
    case 'constant-vus':
    case 'ramping-vus':
    case 'shared-iterations':
    case 'per-vu-iterations':
      return null;
  }
}
