import http from 'k6/http';
import { check } from 'k6';

export const options = { discardResponseBodies: true };

export default function () {
  const { URL: url } = __ENV;
  check(http.get(`${url}/ok`), { discarded: (r) => r.status === 200 && r.body === null });
  check(http.get(`${url}/ok`, { responseType: 'text' }), { 'kept as text': (r) => r.json('id') === 7 });
  check(http.get(`${url}/ok`, { responseType: 'binary' }), {
    'kept as bytes': (r) => new Uint8Array(r.body)[0] === 123,
  });
  check(http.get(`${url}/gzip`, { responseType: 'text' }), {
    unzipped: (r) => r.json('list.1.name') === 'b' && r.json('list.#') === 2,
  });
}
