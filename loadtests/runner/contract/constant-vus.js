import http from 'k6/http';
import { sleep } from 'k6';

export const options = {
  scenarios: { steady: { executor: 'constant-vus', vus: 3, duration: '990ms' } },
  thresholds: { iterations: ['count==6'], 'http_reqs{scenario:steady}': ['count==6'] },
};

// Each user begins at once and after half a second; its second iteration ends by itself, after the time is over.
export default function () {
  http.get(`${__ENV.URL}/ok`);
  sleep(0.5);
}
