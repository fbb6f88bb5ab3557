import { ScriptError } from '../../errors.ts';
import { requireIteration, type VirtualUserState } from '../virtualUser.ts';
import { k6Module } from './refuse.ts';

/**
 * The module `k6/execution`: which scenario, user and iteration is running, and since when.
 * @param options what the script is run by
 */
export function execution(state: VirtualUserState, options: () => unknown): Record<string, unknown> {
  const { scenario, host } = state;
  const ofScenario = (): typeof scenario => {
    if (state.id > 0) return scenario;
    throw new ScriptError('exec.scenario', 'there is none outside of iterations');
  };
  return k6Module(
    'k6/execution',
    {
      instance: k6Module(
        'exec.instance',
        {
          get currentTestRunDuration() {
            return host.now() - host.runStartMs;
          },
          get iterationsCompleted() {
            return host.counts.of('completed');
          },
          get iterationsInterrupted() {
            return host.counts.of('interrupted');
          },
          get vusActive() {
            return host.counts.of('active');
          },
          get vusInitialized() {
            return host.counts.of('initialized');
          },
        },
        [],
      ),
      scenario: k6Module(
        'exec.scenario',
        {
          get name() {
            return ofScenario().name;
          },
          get executor() {
            return ofScenario().executor;
          },
          get startTime() {
            return ofScenario().startMs;
          },
          get iterationInTest() {
            return ofScenario() && state.numbers.inTest;
          },
          get iterationInInstance() {
            return ofScenario() && state.numbers.inInstance;
          },
        },
        ['progress'],
      ),
      test: k6Module(
        'exec.test',
        {
          abort: (message = '') => {
            requireIteration(state, 'exec.test.abort');
            host.abort(message);
          },
          fail: (message = '') => {
            requireIteration(state, 'exec.test.fail');
            host.fail(message);
          },
          get options() {
            return options();
          },
        },
        [],
      ),
      vu: k6Module(
        'exec.vu',
        {
          idInTest: state.id,
          idInInstance: state.idInInstance,
          // A user works for one scenario.
          get iterationInInstance() {
            return state.iteration;
          },
          get iterationInScenario() {
            return state.iteration;
          },
          metrics: { tags: state.tags, metadata: state.metadata },
          tags: state.tags,
        },
        [],
      ),
    },
    [],
  );
}
