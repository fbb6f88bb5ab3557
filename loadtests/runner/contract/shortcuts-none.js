import { check } from 'k6';

export default function () {
  check(__VU, { 'the only user': (vu) => vu === 1, 'the first iteration': () => __ITER === 0 });
}
