import http from 'k6/http';
import { check } from 'k6';

export const options = { maxRedirects: 1 };

export default function () {
  const { URL: url } = __ENV;
  check(http.get(`${url}/redirect/1`), {
    followed: (r) => r.status === 200 && r.url === `${url}/redirect/0`,
  });
  check(http.get(`${url}/redirect/1`, { redirects: 0 }), {
    'not followed': (r) => r.status === 302 && r.headers.Location === '/redirect/0',
  });
  check(http.get(`${url}/redirect/2`), { 'no further than allowed': (r) => r.status === 302 });
  check(http.post(`${url}/redirect-echo/303`, 'x'), { '303 asks by GET': (r) => r.json('method') === 'GET' });
  check(http.post(`${url}/redirect-echo/307`, 'x'), {
    '307 sends again': (r) => r.json('method') === 'POST' && r.json('body') === 'x',
  });
}
