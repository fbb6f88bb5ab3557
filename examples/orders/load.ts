/** The load side of the contract: what k6 scripts, seeder and drills know of this service. */
import type { LoadAnswer, LoadRequest, Poison, SmokeCase } from '../../fleet/serviceLoad.ts';

export const health = '/healthcheck';

export const open = [`GET ${health}`];

export const seeded = { firstId: 2_000_000_000, count: 300 };

const items = ['a kettle', 'Ñandú feathers', '茶', "the baker's dozen", 'Łódź postcards'];

/** The order of an id. */
const orderOf = (orderId: number) => ({
  orderId,
  item: items[orderId % items.length] as string,
  quantity: 1 + (orderId % 9),
});

function isOrder({ body }: LoadAnswer, expected: ReturnType<typeof orderOf>): boolean {
  try {
    const { orderId, item, quantity } = JSON.parse(body ?? '') as Record<string, unknown>;
    return orderId === expected.orderId && item === expected.item && quantity === expected.quantity;
  } catch {
    return false;
  }
}

export const lookUp = (id: number): LoadRequest => ({
  name: 'getOrder',
  path: `/orders/${id}`,
  statuses: [200],
  isRight: (answer) => isOrder(answer, orderOf(id)),
});

const post = (name: string, order: ReturnType<typeof orderOf>): LoadRequest => ({
  name,
  method: 'POST',
  path: '/orders',
  body: JSON.stringify(order),
  statuses: [201],
  isRight: (answer) => isOrder(answer, order),
});

/** Ids that are set apart as the seeded ones are, and stay as they do. */
const [firstPosted, posted] = [2_000_500_000, 500_000];

/** Every fifth request is a new order, with an id that no message has. */
export const request = (id: number, iteration: number): LoadRequest =>
  iteration % 5 === 4
    ? post('postOrder', orderOf(firstPosted + ((Date.now() + iteration) % posted)))
    : lookUp(id);

const schemaVersion = 1;

export const message = (id: number, atMs: number): string =>
  JSON.stringify({ schemaVersion, ...orderOf(id), occurredAt: new Date(atMs).toISOString() });

export function idOf(body: string): number | null {
  try {
    const { orderId } = JSON.parse(body) as { orderId?: unknown };
    return typeof orderId === 'number' ? orderId : null;
  } catch {
    return null;
  }
}

export function poison(firstId: number, mark: string): Poison[] {
  const order = (kind: number) => ({
    schemaVersion,
    ...orderOf(firstId + kind),
    item: mark,
    occurredAt: '2000-01-01T00:00:00.000Z',
  });
  return [
    { body: `${mark}: ${firstId}, no JSON`, reason: 'messageNotJson' },
    { body: JSON.stringify({ ...order(0), schemaVersion: 2 }), reason: 'messageVersionUnsupported' },
    { body: JSON.stringify({ ...order(1), quantity: 0 }), reason: 'messageInvalid' },
  ];
}

const refused = (name: string, what: Partial<LoadRequest>, status: number): SmokeCase => ({
  name,
  path: '/orders',
  ...what,
  statuses: [status],
  problem: true,
});

export const smoke: [SmokeCase, ...SmokeCase[]] = [
  {
    name: 'known order',
    path: '/orders/1',
    statuses: [200],
    isRight: (answer) => isOrder(answer, { orderId: 1, item: 'An order for tests', quantity: 1 }),
  },
  refused('unknown order', { path: '/orders/999999999' }, 404),
  refused('malformed id', { path: '/orders/abc' }, 400),
  post('new order', orderOf(2)),
  post('the same order again', orderOf(2)),
  refused('no order', { method: 'POST', body: '{}' }, 400),
  // More than API Gateway looks for.
  refused(
    'an order with more',
    { method: 'POST', body: JSON.stringify({ ...orderOf(2), note: 'now' }) },
    400,
  ),
  refused('no JSON', { method: 'POST', body: 'order' }, 400),
  { name: 'closed method', method: 'DELETE', path: '/orders/1', statuses: [403, 404] },
];
