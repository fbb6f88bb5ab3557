import http from 'k6/http';
import { check } from 'k6';

export const options = { iterations: 2 };

let last = 0;

export default function () {
  const [first, second] = [1, 2].map(() => http.get(`${__ENV.URL}/connection`).json('id'));
  check(null, {
    'kept within an iteration': () => first === second,
    'kept from the last one': () => __ITER === 0 || first === last,
  });
  last = second;
}
