import { sleep } from 'k6';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const constant = new Counter('constant');

export const options = { vus: 2, duration: '600ms' };

export default function () {
  if (exec.scenario.executor === 'constant-vus' && exec.scenario.name === 'default') constant.add(1);
  sleep(0.7);
}
