import * as z from 'zod';
import { NonRetryableMessageError } from '../../../service/errors.ts';

/** An order as it is asked for, told of and kept; it never changes. */
export const orderSchema = z.strictObject({
  orderId: z.int().positive(),
  item: z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= 256 && !text.includes('\0') && text.isWellFormed(), {
      error: 'expected well-formed text of at most 256 bytes of UTF-8',
    }),
  quantity: z.int().min(1).max(10_000),
});
export type Order = z.output<typeof orderSchema>;

const schemaVersion = 1;

const messageSchema = orderSchema.extend({
  schemaVersion: z.literal(schemaVersion),
  occurredAt: z.iso.datetime({ precision: 3 }),
});
export type OrderMessage = z.output<typeof messageSchema>;

/** How far a sender's clock may be ahead of ours. */
const maximumLeadMs = 24 * 3_600_000;

/**
 * Reads a message's body.
 * @throws NonRetryableMessageError naming the first field that is wrong, never its value
 */
export function parseOrderMessage(body: string, nowMs: number): OrderMessage {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new NonRetryableMessageError('messageNotJson', 'expected JSON');
  }
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version !== schemaVersion) {
    throw new NonRetryableMessageError(
      'messageVersionUnsupported',
      `expected schemaVersion ${schemaVersion}`,
    );
  }
  const { data, error } = messageSchema.safeParse(value);
  if (!data) {
    const field = error.issues[0]?.path.join('.') || '(the whole message)';
    throw new NonRetryableMessageError('messageInvalid', `${field} is not as expected`);
  }
  if (Date.parse(data.occurredAt) > nowMs + maximumLeadMs) {
    throw new NonRetryableMessageError('messageInvalid', 'occurredAt: expected at most a day ahead of now');
  }
  return data;
}
