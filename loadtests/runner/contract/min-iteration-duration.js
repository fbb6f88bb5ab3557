import { check } from 'k6';

export const options = { iterations: 2, minIterationDuration: '300ms' };

let lastMs = 0;

export default function () {
  const nowMs = Date.now();
  check(nowMs - lastMs, { 'not before the last one has had its time': (ms) => ms > 290 });
  lastMs = nowMs;
}
