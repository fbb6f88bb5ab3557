import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const { URL: url } = __ENV;
  const list = http.batch([
    `${url}/ok`,
    ['POST', `${url}/echo`, 'x', { tags: { kind: 'second' } }],
    { method: 'PUT', url: `${url}/echo`, body: 'y' },
  ]);
  check(list, {
    'in order': ([a, b, c]) => a.json('id') === 7 && b.json('body') === 'x' && c.json('method') === 'PUT',
  });
  check(http.batch({ one: `${url}/ok`, two: { method: 'GET', url: `${url}/status/404` } }), {
    'by name': ({ one, two }) => one.status === 200 && two.status === 404,
  });
  const beganMs = Date.now();
  http.batch(Array.from({ length: 4 }, () => `${url}/slow?ms=200`));
  check(Date.now() - beganMs, { 'at once': (ms) => ms < 700 });
}
