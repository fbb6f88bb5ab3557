import http from 'k6/http';
import { Counter } from 'k6/metrics';

const caught = new Counter('caught');

export const options = { throw: true };

export default function () {
  try {
    http.get('http://127.0.0.1:1/');
  } catch {
    caught.add(1);
  }
  http.get(`${__ENV.URL}/status/500`);
}
