import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const users = new Counter('users');
const iterations = new Counter('of_user');

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 2, iterations: 3 } } };

let inModule = 0;

export default function () {
  inModule += 1;
  users.add(exec.vu.idInTest);
  if (exec.vu.iterationInScenario + 1 === inModule && __ITER + 1 === inModule) iterations.add(1);
}
