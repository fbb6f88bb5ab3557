import { check, sleep } from 'k6';

export const options = {
  scenarios: { cut: { executor: 'constant-vus', vus: 2, duration: '600ms', gracefulStop: '0s' } },
};

export default function () {
  check(null, { begun: () => true });
  sleep(10);
  check(null, { ended: () => true });
}
