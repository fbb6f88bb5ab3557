import http from 'k6/http';
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

const count = new Counter('own_count');
const gauge = new Gauge('own_gauge');
const rate = new Rate('own_rate');
const trend = new Trend('own_trend', true);

export const options = {
  iterations: 4,
  thresholds: {
    own_count: ['count==10'],
    own_gauge: ['value==4'],
    own_rate: ['rate==0.75'],
    own_trend: ['min==1', 'max==4', 'avg==2.5', 'p(50)<3'],
    'own_trend{kind:odd}': ['max==3'],
    'http_req_failed{status:503}': ['rate==1'],
    http_req_failed: ['rate<0.1'],
  },
};

let value = 0;

export default function () {
  value += 1;
  count.add(value);
  gauge.add(value);
  rate.add(value !== 2);
  trend.add(value, { kind: value % 2 === 1 ? 'odd' : 'even' });
  if (value === 1) http.get(`${__ENV.URL}/status/503`);
}
