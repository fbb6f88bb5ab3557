import http from 'k6/http';
import { check } from 'k6';

export const options = { vus: 2, iterations: 4 };

export default async function () {
  const answers = await Promise.all([
    http.asyncRequest('GET', `${__ENV.URL}/ok`),
    http.asyncRequest('POST', `${__ENV.URL}/echo`, 'x'),
  ]);
  check(answers, { both: ([a, b]) => a.json('id') === 7 && b.json('body') === 'x' });
}
