import { z } from 'zod';

/** What several records have in common. */

/** ISO 8601 in UTC, to the millisecond. */
export const instant = z.iso
  .datetime({ precision: 3, error: 'expected ISO 8601 in UTC with milliseconds' })
  .meta({ id: 'instant', description: 'ISO 8601 in UTC, to the millisecond' });

/** Anything that JSON can say. */
export const json = z
  .unknown()
  .refine((value): boolean => value !== undefined, { error: 'expected a value' });

export const count = z.number().int().nonnegative();

/** A local record is a rehearsal: it says nothing about absolute capacity, and it authorises no deployment. */
export const place = z.enum(['local', 'aws']);
export type Place = z.infer<typeof place>;

/** AWS only where all that was asked is AWS: what one rehearsal has a part in is a rehearsal. */
export const placeOfAll = (...places: readonly Place[]): Place =>
  places.every((one) => one === 'aws') ? 'aws' : 'local';

/** Latency from when it was sent; null without an answer. */
export const latencyMs = z
  .strictObject({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
  .nullable();
