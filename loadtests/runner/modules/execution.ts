import type { VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/** The module `k6/execution`: which scenario, user and iteration is running, and since when. */
export function execution(state: VirtualUserState): Record<string, unknown> {
  const { scenario, host } = state;
  return k6Module(
    'k6/execution',
    {
      instance: k6Module(
        'exec.instance',
        {
          get currentTestRunDuration() {
            return host.now() - host.runStartMs;
          },
        },
        ['iterationsCompleted', 'iterationsInterrupted', 'vusActive', 'vusInitialized'],
      ),
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
          metrics: { tags: state.tags, metadata: state.metadata },
          get iterationInScenario() {
            return state.iteration;
          },
        },
        ['idInInstance', 'iterationInInstance', 'tags'],
        { tags: 'use exec.vu.metrics.tags' },
      ),
    },
    ['test'],
  );
}
