import exec from 'k6/execution';

export const options = { iterations: 3 };

export default function () {
  if (exec.scenario.iterationInTest === 0) exec.test.fail('not as it should be');
}
