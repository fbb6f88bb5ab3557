import { sleep } from 'k6';

export const options = {
  scenarios: {
    climb: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: '0s', target: 3 },
        { duration: '300ms', target: 3 },
      ],
      gracefulStop: '5s',
    },
  },
};

// Longer than the ramp: each user begins once, and has time to end.
export default function () {
  sleep(0.5);
}
