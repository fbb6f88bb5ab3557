import { z } from 'zod';
import { count, instant } from './fields.ts';
import { ownerSchema } from './owner.ts';
import type { RecordKind } from './recordKind.ts';

/** Clients that a load or a drill stores in the systems' tables: written before the first, gone once they are removed. */
export const publishedRowsSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    stage: z.string(),
    systems: z.array(z.string()),
    /** The ids set apart for them, first and last included. */
    ids: z.strictObject({ first: count, last: count }),
    at: instant,
    /** Who publishes and removes them. */
    owner: ownerSchema,
  })
  .meta({ title: 'published.json: which clients a run has published, until they are removed' });

export type PublishedRows = z.infer<typeof publishedRowsSchema>;

export const publishedRowsKind: RecordKind<PublishedRows> = {
  fileName: 'published.json',
  schema: publishedRowsSchema,
  indent: 2,
};
