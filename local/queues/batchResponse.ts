import { z } from 'zod';

const partialFailureSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * Which messages of a batch are done and may be deleted, by what the function answered: a partial batch response leaves
 * those that it names. As on Lambda, a response that cannot be read, or that names a message which is not in the batch,
 * leaves the whole batch, and an empty one leaves nothing.
 */
export function doneMessages(
  answer: unknown,
  messageIds: readonly string[],
  reportBatchItemFailures: boolean,
): string[] {
  if (!reportBatchItemFailures || answer === null || answer === '') return [...messageIds];
  const parsed = partialFailureSchema.safeParse(answer);
  if (!parsed.success) return [];
  const failed = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  for (const id of failed) if (!messageIds.includes(id)) return [];
  return messageIds.filter((id) => !failed.has(id));
}
