import { Counter } from 'k6/metrics';
import exec from 'k6/execution';

const numbers = new Counter('numbers');

export const options = { vus: 3, iterations: 7 };

export default function () {
  numbers.add(exec.scenario.iterationInTest);
}
