import { z } from 'zod';
import type { InvocationOutcome } from '../functions/runtime.ts';

const partialFailureSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Which messages of a batch are done and may be deleted. A failed invocation leaves all of them; a
 * partial batch response leaves those it names. As on Lambda, a response that cannot be read, or that
 * names a message which is not in the batch, leaves the whole batch, and an empty one leaves nothing.
 */
export function doneMessages(
  outcome: InvocationOutcome,
  messageIds: readonly string[],
  reportBatchItemFailures: boolean,
): string[] {
  if (!outcome.ok) return [];
  const { payload } = outcome;
  if (!reportBatchItemFailures || payload === null || payload === '') return [...messageIds];
  const parsed = partialFailureSchema.safeParse(payload);
  if (!parsed.success) return [];
  const failed = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  for (const id of failed) if (!messageIds.includes(id)) return [];
  return messageIds.filter((id) => !failed.has(id));
}
