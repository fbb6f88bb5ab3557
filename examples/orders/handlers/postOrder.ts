import { CallerError } from '../../../service/errors.ts';
import { json, type Route } from '../../../service/handlers/route.ts';
import { orderSchema, type Order } from '../domain/order.ts';
import { apiErrors } from '../errors.ts';
import { storeOrder } from '../storeOrders.ts';

const withinMs = 2_500;

/** `POST /orders` with an order: keeps it. Sent twice, it is kept once. */
export const postOrder: Route = async ({ body }, database) => {
  const order = orderOf(body ?? '');
  await database.use((client) => storeOrder(client, order), withinMs);
  return json(201, order);
};

function orderOf(body: string): Order {
  const refuse = (problem: string) => new CallerError(apiErrors, 'orderInvalid', problem);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw refuse('The body must be JSON.');
  }
  const { data, error } = orderSchema.safeParse(value);
  if (data) return data;
  throw refuse(`The order is wrong at ${error.issues[0]?.path.join('.') || 'the whole document'}.`);
}
