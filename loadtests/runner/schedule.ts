import type { ScenarioOptions } from './options.ts';
import { constantStarts, rampingStarts } from './pacer.ts';
import type { Share } from './share.ts';

/** How long scenarios of arrival rates go on; null where iterations follow one another until they are done. */
export function plannedMs(scenarios: Readonly<Record<string, ScenarioOptions>>): number | null {
  const ends = Object.values(scenarios).map((scenario) => {
    switch (scenario.executor) {
      case 'constant-arrival-rate':
      case 'ramping-arrival-rate':
        return scenario.startTime + durationMs(scenario);
      case 'shared-iterations':
      case 'per-vu-iterations':
        return Number.NaN;
    }
  });
  const last = Math.max(...ends);
  return Number.isNaN(last) ? null : last;
}

type ArrivalRate = Extract<ScenarioOptions, { executor: 'constant-arrival-rate' | 'ramping-arrival-rate' }>;

/** How long a scenario of an arrival rate goes on. */
export const durationMs = (scenario: ArrivalRate): number =>
  scenario.executor === 'constant-arrival-rate'
    ? scenario.duration
    : scenario.stages.reduce((sum, { duration }) => sum + duration, 0);

/** The most users that a scenario may have, all instances together. */
export const mostUsers = (scenario: ScenarioOptions): number =>
  'vus' in scenario ? scenario.vus : (scenario.maxVUs ?? scenario.preAllocatedVUs);

/**
 * When an instance is to start iterations of a scenario, in milliseconds from the scenario's start; null where they
 * are not paced but follow one another.
 * @param share the instance's, by the scenario's users
 */
export function startsOf(scenario: ScenarioOptions, share: Share): Generator<number> | null {
  const all = scheduledStarts(scenario);
  return all && only(all, share);
}

function* only(starts: Iterable<number>, share: Share): Generator<number> {
  let index = 0;
  for (const start of starts) if (share.has(index++)) yield start;
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
    case 'shared-iterations':
    case 'per-vu-iterations':
      return null;
  }
}
