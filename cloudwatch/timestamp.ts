import { z } from 'zod';

/** A point in time on the wire, epoch seconds; Unix milliseconds within. */
export const timestampSchema = z
  .number({ error: 'expected a point in time' })
  .transform((seconds) => Math.round(seconds * 1000));
