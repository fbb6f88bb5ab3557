import type { VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/** The module `k6/execution`: which scenario, user and iteration is running. */
export function execution(state: VirtualUserState): Record<string, unknown> {
  const { scenario } = state;
  return k6Module(
    'k6/execution',
    {
      scenario: k6Module(
        'exec.scenario',
        {
          name: scenario.name,
          executor: scenario.executor,
          startTime: scenario.startMs,
          get iterationInTest() {
            return state.iterationInTest;
          },
        },
        ['iterationInInstance', 'progress'],
      ),
      vu: k6Module(
        'exec.vu',
        {
          idInTest: state.id,
          get iterationInScenario() {
            return state.iteration;
          },
        },
        ['idInInstance', 'iterationInInstance', 'metrics', 'tags'],
      ),
    },
    ['instance', 'test'],
  );
}
