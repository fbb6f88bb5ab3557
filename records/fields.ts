import { z } from 'zod';

/** What several records have in common. */

/** ISO 8601 in UTC, to the millisecond. */
export const instant = z.iso.datetime({ precision: 3, error: 'expected ISO 8601 in UTC with milliseconds' });

/** Anything that JSON can say. */
export const json = z
  .unknown()
  .refine((value): boolean => value !== undefined, { error: 'expected a value' });

export const count = z.number().int().nonnegative();

/** A local record is a rehearsal: it says nothing of absolute capacity, and no deployment accepts it. */
export const place = z.enum(['local', 'aws']);

/** Latency from the intended start; null without an answer. */
export const latencyMs = z
  .strictObject({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() })
  .nullable();
