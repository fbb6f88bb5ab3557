import type { ClientBase } from 'pg';
import type { Applied } from '../../service/handlers/messageKind.ts';
import { retryConflicts, type RetryOptions } from '../../service/redshift/retryConflicts.ts';
import { begin, commit } from '../../service/redshift/sql.ts';
import type { Order } from './domain/order.ts';

/** Adds an order that is not there yet; one statement. */
const insert = `
  INSERT INTO orders (id, item, quantity)
  SELECT CAST($1 AS BIGINT), CAST($2 AS VARCHAR(256)), CAST($3 AS INTEGER)
  WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = CAST($1 AS BIGINT))`;

/** @returns whether it was not there yet */
export async function storeOrder(client: ClientBase, { orderId, item, quantity }: Order): Promise<boolean> {
  const { rowCount } = await client.query(insert, [orderId, item, quantity]);
  return rowCount === 1;
}

/**
 * Adds those of a batch that are not there yet, in one transaction, one batch at a time.
 * @throws ServiceError `batchConflict` when the database reports one conflict after the other
 */
export async function storeOrders(
  client: ClientBase,
  orders: readonly Order[],
  options: RetryOptions,
): Promise<Applied> {
  const transaction = async (): Promise<number> => {
    let applied = 0;
    await client.query(begin);
    // First, before anything that takes the snapshot: a waiter must see what the holder has written.
    await client.query('LOCK TABLE orders_lock');
    for (const order of orders) if (await storeOrder(client, order)) applied += 1;
    await client.query(commit);
    return applied;
  };
  const applied = await retryConflicts(client, transaction, options);
  return { applied, superseded: orders.length - applied };
}
