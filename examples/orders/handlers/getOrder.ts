import { CallerError } from '../../../service/errors.ts';
import { json, type Route } from '../../../service/handlers/route.ts';
import { apiErrors } from '../errors.ts';

const withinMs = 2_500;

const select = 'SELECT item, quantity FROM orders WHERE id = CAST($1 AS BIGINT)';

/** `GET /orders/{orderId}`: the order. */
export const getOrder: Route = async ({ pathParameters }, database) => {
  const text = pathParameters?.['orderId'] ?? '';
  const orderId = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(orderId)) {
    throw new CallerError(apiErrors, 'orderIdInvalid', 'The order id must be a whole number.');
  }
  const { rows } = await database.use(
    (client) => client.query<{ item: string; quantity: number }>(select, [orderId]),
    withinMs,
  );
  const [order] = rows;
  if (rows.length > 1) throw new CallerError(apiErrors, 'orderAmbiguous', `an id has ${rows.length} orders`);
  if (!order) throw new CallerError(apiErrors, 'orderNotFound', 'There is no order with this id.');
  return json(200, { orderId, ...order });
};
