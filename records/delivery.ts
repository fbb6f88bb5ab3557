import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { count, instant, latencyMs } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

const answer = z.enum(['delivered', 'notDelivered', 'inconclusive']);

/** Where ids were found. */
export const reconciliationSchema = z.strictObject({
  /** SNS acknowledged them. */
  published: count,
  /** Of these, in the table, and of the rest in a dead-letter queue; nowhere is lost. */
  stored: count,
  deadLettered: count,
  lost: count,
  /** Ids that the table holds more than once, acknowledged or not. */
  duplicated: count,
  /** A few of the lost and duplicated ids, for whoever looks into it. */
  examples: z.strictObject({ lost: z.array(count), duplicated: z.array(count) }),
});

const systemSchema = z.strictObject({
  system: z.string(),
  answer,
  /** One sentence. */
  reason: z.string(),
  /** Distinct ids; null where it could not be asked what became of them. */
  messages: reconciliationSchema.nullable(),
  /** Ids of which nobody knows whether SNS took them. */
  unresolved: count,
  /**
   * From `occurredAt` until the subscriber's transaction was committed, by the clocks of publisher and subscriber: of
   * every message that the subscriber told of since the run began.
   */
  endToEnd: z.strictObject({ messages: count, ms: latencyMs, reason: z.string().nullable() }),
});

/** What became of the messages that a run published. */
export const deliveryFileSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    ...aboutRunFields,
    answeredAt: instant,
    configurationHash: z.string(),
    /** NotDelivered when a system has lost a message or stored one twice; else inconclusive when one of them is. */
    answer,
    systems: z.array(systemSchema),
  })
  .meta({ title: 'delivery.json: what became of the messages that a run published' });

export type DeliveryFile = z.infer<typeof deliveryFileSchema>;
export type SystemDelivery = DeliveryFile['systems'][number];

export const deliveryKind: RecordKind<DeliveryFile> = {
  fileName: 'delivery.json',
  schema: deliveryFileSchema,
  indent: 2,
};
