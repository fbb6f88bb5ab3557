import { defineService } from '../../fleet/service.ts';
import { apiErrors } from './errors.ts';
import { health } from './load.ts';

/** What of an order API Gateway looks at before the function does. */
const order = {
  type: 'object',
  required: ['orderId', 'item', 'quantity'],
  properties: {
    orderId: { type: 'integer', minimum: 1 },
    item: { type: 'string', minLength: 1 },
    quantity: { type: 'integer', minimum: 1, maximum: 10_000 },
  },
};

/** All that the toolkit knows of this service, beside its load side. */
export const contract = defineService({
  name: 'orders',
  directory: import.meta.dirname,
  names: { cluster: 'orders', messages: 'orders' },
  entries: { api: 'handlers/api.ts', subscriber: 'handlers/subscriber.ts' },
  routes: [
    { method: 'GET', path: '/orders/{orderId}', shareOfLoad: 0.8 },
    { method: 'POST', path: '/orders', body: order, shareOfLoad: 0.2 },
    // Whoever balances load asks it too, and signs nothing.
    { method: 'GET', path: health, auth: 'none' },
  ],
  health,
  errors: apiErrors,
  bodyInvalid: 'orderInvalid',
  load: 'load.ts',
  scripts: 'k6',
  profiles: { browse: { script: 'scripts/browse.ts', hold: { rampSeconds: 0, holdSeconds: 60 } } },
  migrations: 'migrations',
  grants: {
    api: { orders: ['SELECT', 'INSERT'] },
    subscriber: {
      orders: ['SELECT', 'INSERT'],
      // What LOCK asks for; the table's one row is never changed.
      orders_lock: ['SELECT', 'UPDATE', 'DELETE'],
    },
  },
  rows: [{ table: 'orders', id: 'id' }],
  lock: 'orders_lock',
});
