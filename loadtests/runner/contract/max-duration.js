import { sleep } from 'k6';

export const options = {
  scenarios: {
    short: {
      executor: 'shared-iterations',
      vus: 2,
      iterations: 10,
      maxDuration: '600ms',
      gracefulStop: '5s',
    },
  },
};

export default function () {
  sleep(0.7);
}
