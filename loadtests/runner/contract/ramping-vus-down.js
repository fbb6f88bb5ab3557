import { sleep } from 'k6';
import { Counter } from 'k6/metrics';

const begun = new Counter('begun');
const ended = new Counter('ended');

export const options = {
  scenarios: {
    fall: {
      executor: 'ramping-vus',
      startVUs: 2,
      stages: [
        { duration: '600ms', target: 2 },
        { duration: '0s', target: 0 },
        { duration: '100ms', target: 0 },
      ],
      gracefulRampDown: '0s',
    },
  },
};

// Interrupted while it sleeps: what it measured counts, the iteration does not.
export default function () {
  begun.add(1);
  sleep(10);
  ended.add(1);
}
