import type { ScenarioOptions } from './options.ts';
import { constantStarts, rampingStarts } from './pacer.ts';

/**
 * When a scenario's iterations are to start, in milliseconds from the scenario's start; null where they are
 * not paced but follow one another.
 */
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
