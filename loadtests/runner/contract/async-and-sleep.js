import http from 'k6/http';
import { check, sleep } from 'k6';

export default async function () {
  const answer = http.asyncRequest('GET', `${__ENV.URL}/ok`);
  sleep(0.1);
  check(await answer, { 'waited for beside a sleep': (r) => r.json('id') === 7 });
}
