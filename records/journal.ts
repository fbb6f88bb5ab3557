import { z } from 'zod';
import { drillVerdict } from './drill.ts';
import { count, instant, json, place } from './fields.ts';
import { ownerSchema } from './owner.ts';

/** A step about to be taken: enough to undo it without the process that took it. */
const intentSchema = z.strictObject({
  kind: z.literal('intent'),
  sequence: count,
  at: instant,
  step: z.enum(['inject', 'restore']),
  fault: z.string(),
  system: z.string(),
  arguments: json,
  /** Arguments of the fault's restore; null where the fault heals by itself. */
  inverse: json,
  /** ARN of a schedule armed to undo it on its own; null without one. */
  schedule: z.string().nullable(),
});

/** One line of a drill's journal: what was done, each before or as it was done. */
export const journalEntrySchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('begin'),
      schemaVersion: z.literal(1),
      at: instant,
      drillId: z.string(),
      drill: z.string(),
      stage: z.string(),
      place,
      /** Who runs the drill, so that a restore can tell whether it still does; absent in journals from before. */
      owner: ownerSchema.optional(),
    }),
    intentSchema,
    /** How far the injection of the intent with this sequence has come: what only its fault can read. */
    z.strictObject({ kind: z.literal('reached'), sequence: count, at: instant, what: json }),
    /** The inverse of the intent with this sequence took effect. */
    z.strictObject({ kind: z.literal('undone'), sequence: count, at: instant }),
    z.strictObject({ kind: z.literal('end'), at: instant, verdict: drillVerdict }),
  ])
  .meta({ title: 'drill-journal.jsonl: one line of it, the begin first' });

export type JournalEntry = z.infer<typeof journalEntrySchema>;
export type Intent = z.infer<typeof intentSchema>;

/** How far an intent's injection came, by what its fault noted, in order. */
export const reachedBy = (entries: readonly JournalEntry[], { sequence }: Intent): unknown[] =>
  entries.flatMap((entry) => (entry.kind === 'reached' && entry.sequence === sequence ? [entry.what] : []));

/** Steps that may have been taken and are not undone, the newest first: the order to undo them in. */
export function outstandingIntents(entries: readonly JournalEntry[]): Intent[] {
  const undone = new Set(entries.filter((entry) => entry.kind === 'undone').map((entry) => entry.sequence));
  return entries
    .filter((entry) => entry.kind === 'intent')
    .filter(
      ({ step, inverse, sequence: number }) => step === 'inject' && inverse !== null && !undone.has(number),
    )
    .toReversed();
}
