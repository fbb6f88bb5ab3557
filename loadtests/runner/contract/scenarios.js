import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const first = new Counter('first');
const second = new Counter('second');

export const options = {
  scenarios: {
    first: { executor: 'per-vu-iterations', exec: 'one', env: { STEP: '10' } },
    second: {
      executor: 'shared-iterations',
      iterations: 2,
      exec: 'two',
      startTime: '300ms',
      env: { STEP: '1' },
    },
  },
};

export function one() {
  first.add(Number(__ENV.STEP));
}

export function two() {
  if (exec.instance.currentTestRunDuration > 290 && exec.scenario.name === 'second')
    second.add(Number(__ENV.STEP));
}
