import http from 'k6/http';
import { check } from 'k6';

export const options = {
  thresholds: { 'http_reqs{error_code:1050}': ['count==1'], http_req_failed: ['rate==1'] },
};

export default function () {
  check(http.get('http://127.0.0.1:1/'), {
    refused: (r) => r.status === 0 && r.error_code === 1212 && r.error !== '' && r.body === null,
  });
  check(http.get(`${__ENV.URL}/slow?ms=5000`, { timeout: '150ms' }), {
    'took too long': (r) => r.status === 0 && r.error_code === 1050,
  });
}
