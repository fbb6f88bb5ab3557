import { expect, test } from 'vitest';
import { withScenarios } from './shortcuts.ts';

test.each([
  [{}, { executor: 'per-vu-iterations' }],
  [{ iterations: 5 }, { executor: 'shared-iterations', iterations: 5, vus: 1 }],
  [
    { iterations: 5, vus: 2, duration: '1m' },
    { executor: 'shared-iterations', iterations: 5, vus: 2, maxDuration: '1m' },
  ],
  [
    { duration: '1m', vus: 2 },
    { executor: 'constant-vus', duration: '1m', vus: 2 },
  ],
  [
    { stages: [], vus: 3 },
    { executor: 'ramping-vus', stages: [], startVUs: 3 },
  ],
])('%j is one scenario', (options, scenario) => {
  expect(withScenarios('s', { ...options, thresholds: {} })).toEqual({
    thresholds: {},
    scenarios: { default: scenario },
  });
});

test.each([
  [{ scenarios: {}, vus: 1 }, 'options.scenarios beside options.vus'],
  [{ iterations: 1, stages: [] }, 'options.iterations beside options.stages'],
  [{ stages: [], duration: '1s' }, 'options.stages beside options.duration'],
  [{ vus: 5 }, 'options.vus: expected iterations, stages or duration with it'],
])('%j is no load, and says which options do not go together', (options, message) => {
  expect(() => withScenarios('s', options)).toThrow(message);
});
