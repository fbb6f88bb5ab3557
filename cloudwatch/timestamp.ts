import { z } from 'zod';

/** A point in time on the wire, epoch seconds; Unix milliseconds within. Forms, whose values are text, have it in ISO 8601. */
export const timestampSchema = z
  .number({ error: 'expected a point in time' })
  .meta({ pointInTime: true })
  .transform((seconds) => Math.round(seconds * 1000));
