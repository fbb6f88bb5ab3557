import http from 'k6/http';

http.setResponseCallback(http.expectedStatuses(404, { min: 500, max: 503 }));

export const options = {
  thresholds: {
    'http_req_failed{part:all}': ['rate==0'],
    'http_req_failed{part:one}': ['rate==1'],
  },
};

export default function () {
  const { URL: url } = __ENV;
  for (const status of [404, 500, 503]) http.get(`${url}/status/${status}`, { tags: { part: 'all' } });
  http.get(`${url}/status/404`, { tags: { part: 'one' }, responseCallback: http.expectedStatuses(200) });
}
