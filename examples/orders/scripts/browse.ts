/**
 * A k6 script as anybody writes one, for the service beside it: visitors come at a steady rate, look at an order, think, and
 * look again. Ten and a half of them a second make a little more than the expected peak of shop-01.
 *
 *   npx headroom load examples/orders/scripts/browse.ts --config examples/orders/fleet.config.ts --ramp 0 --hold 60
 *   npx headroom gate
 *
 * `SECONDS=600` before it makes it longer. It names no system. Where several are loaded, the scenario below would stand there once for each, with the tag `system`.
 */
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { signed } from '../../../loadtests/k6/lib/signed.ts';

const bodySize = new Trend('order_size_bytes');

export const options: Options = {
  scenarios: {
    browse: {
      executor: 'constant-arrival-rate',
      rate: 21,
      timeUnit: '2s',
      duration: `${__ENV['SECONDS'] ?? '60'}s`,
      preAllocatedVUs: 10,
      maxVUs: 50,
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    http_req_duration: ['p(95)<500'],
    order_size_bytes: ['max<2000'],
  },
};

function look(): void {
  const { url, headers } = signed('GET', `${__ENV['HEADROOM_URL']}/orders/1`);
  const answer = http.get(url, { headers, tags: { name: 'order' } });
  const body = typeof answer.body === 'string' ? answer.body : '';
  check(answer, {
    'status is 200': ({ status }) => status === 200,
    'is the order asked for': () => body.includes('"orderId":1,'),
  });
  bodySize.add(body.length);
}

export default function browse(): void {
  look();
  sleep(0.2);
  look();
}
