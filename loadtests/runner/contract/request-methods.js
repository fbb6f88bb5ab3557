import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const url = `${__ENV.URL}/echo`;
  const sent = (response) => JSON.parse(response.body);
  check(http.get(url), { get: (r) => r.status === 200 && sent(r).method === 'GET' });
  check(http.post(url, 'text'), { post: (r) => sent(r).method === 'POST' && sent(r).body === 'text' });
  check(http.put(url, 'x'), { put: (r) => sent(r).method === 'PUT' });
  check(http.patch(url, 'x'), { patch: (r) => sent(r).method === 'PATCH' });
  check(http.del(url), { del: (r) => sent(r).method === 'DELETE' });
  check(http.options(url), { options: (r) => sent(r).method === 'OPTIONS' });
  check(http.head(url), { head: (r) => r.status === 200 && r.body === '' });
  check(http.request('POST', url, { b: '2', a: 'x y' }), {
    'an object is a form': (r) =>
      sent(r).body === 'a=x+y&b=2' && sent(r).headers['content-type'] === 'application/x-www-form-urlencoded',
  });
  check(http.get(url, { headers: { 'X-Own': 'yes' } }), {
    'own headers': (r) => sent(r).headers['x-own'] === 'yes',
  });
  check(http.get(url), {
    'the answer tells its request': (r) => r.request.method === 'GET' && r.request.url === url,
    timings: (r) => r.timings.duration > 0,
  });
}
