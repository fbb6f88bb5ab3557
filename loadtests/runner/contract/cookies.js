import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 2 };

export default function () {
  const { URL: url } = __ENV;
  const sent = (params) => http.get(`${url}/echo`, params).json().headers.cookie;
  check(sent(), { 'each iteration begins without': (cookie) => cookie === undefined });
  check(http.get(`${url}/cookie`), { 'is shown': (r) => r.cookies.session[0].value === 'abc' });
  check(sent(), { 'is sent back': (cookie) => cookie === 'session=abc' });
  check(sent({ cookies: { own: '1' } }), {
    'of the request beside it': (cookie) => cookie.split('; ').sort().join() === 'own=1,session=abc',
  });
  check(sent({ cookies: { session: { value: 'x', replace: true } } }), {
    'of the request in its place': (cookie) => cookie === 'session=x',
  });
  http.cookieJar().set(url, 'set', 'by hand');
  check(http.cookieJar().cookiesForURL(url), { 'in the jar': (all) => all.set[0] === 'by hand' });
  check(sent({ jar: new http.CookieJar() }), { 'of another jar': (cookie) => cookie === undefined });
}
