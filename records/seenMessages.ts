import { z } from 'zod';
import { aboutRunFields } from './aboutRun.ts';
import { reconciliationSchema } from './delivery.ts';
import { count, instant } from './fields.ts';
import type { RecordKind } from './recordKind.ts';

/**
 * What a load saw of its messages in the tables before it removed them: what the gate reads in their place. The numbers
 * alone; whether each was delivered is the gate's to say, or a delivery's.
 */
export const seenMessagesSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    ...aboutRunFields,
    at: instant,
    systems: z.array(
      z.strictObject({
        system: z.string(),
        /** Null where it could not be asked; then `problem` says why. */
        reconciliation: reconciliationSchema.nullable(),
        problem: z.string().nullable(),
        /** Messages that still waited for the subscriber. */
        waiting: count,
      }),
    ),
  })
  .meta({ title: 'messages.json: where the messages of a load were before it removed them' });

export type SeenMessagesFile = z.infer<typeof seenMessagesSchema>;

export const seenMessagesKind: RecordKind<SeenMessagesFile> = {
  fileName: 'messages.json',
  schema: seenMessagesSchema,
  indent: 2,
};
