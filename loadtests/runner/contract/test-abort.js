import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const after = new Counter('after');

export const options = { scenarios: { a: { executor: 'constant-vus', vus: 2, duration: '30s' } } };

export default function () {
  exec.test.abort('seen enough');
  after.add(1);
}

export function teardown() {
  console.log('torn down all the same');
}
