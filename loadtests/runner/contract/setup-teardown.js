import http from 'k6/http';
import { check } from 'k6';

export const options = { vus: 2, iterations: 2, thresholds: { 'http_reqs{group:::setup}': ['count==1'] } };

export function setup() {
  const { id } = http.get(`${__ENV.URL}/ok`).json();
  return { id, list: [1, 2] };
}

export default function (data) {
  check(data, { 'a copy of the data': ({ id, list }) => id === 7 && list.length === 2 });
  data.list.push(3);
  http.get(`${__ENV.URL}/ok`);
}

export function teardown(data) {
  check(data, { 'as setup returned it': ({ list }) => list.length === 2 });
  console.log(`torn down ${data.id}`);
}
