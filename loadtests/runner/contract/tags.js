import http from 'k6/http';
import exec from 'k6/execution';
import { check, group } from 'k6';

export const options = {
  tags: { test: 'all' },
  scenarios: { a: { executor: 'per-vu-iterations', tags: { part: 'first' } } },
  thresholds: {
    'http_reqs{test:all,part:first}': ['count==4'],
    'http_reqs{kind:own}': ['count==1'],
    'http_reqs{name:named}': ['count==1'],
    'http_reqs{vu_tag:set}': ['count==1'],
    'http_reqs{group:::shop}': ['count==1'],
    'http_reqs{expected_response:false}': ['count==1'],
    'checks{kind:checked}': ['rate==1'],
  },
};

export default function () {
  const url = `${__ENV.URL}/ok`;
  http.get(url, { tags: { kind: 'own' } });
  http.get(`${__ENV.URL}/status/500`, { tags: { name: 'named' } });
  group('shop', () => {
    check(http.get(url), { ok: (r) => r.status === 200 }, { kind: 'checked' });
  });
  exec.vu.metrics.tags.vu_tag = 'set';
  http.get(url);
  delete exec.vu.metrics.tags.vu_tag;
}
