import { z } from 'zod';

/** Whose something is that has to be put in order: who comes later can tell whether they still work on it. */
export const ownerSchema = z.strictObject({
  /** A process id with its start time, which no other process ever has. */
  process: z.string(),
  host: z.string(),
});

export type Owner = z.infer<typeof ownerSchema>;
