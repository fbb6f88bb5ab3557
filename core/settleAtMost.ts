export type Settled<Item, Result> = { item: Item } & (
  | { state: 'done'; result: Result }
  | { state: 'failed'; error: unknown }
);

/**
 * Does the work for each item, at most so many at once. One that fails stops no other.
 * @param most whole number from 1 on
 * @param signal aborted: no more is begun
 * @returns what became of each, in the items' order
 * @throws the signal's reason, once what was begun has ended
 */
export async function settleAtMost<Item, Result>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Settled<Item, Result>[]> {
  const settled: Settled<Item, Result>[] = [];
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (signal?.aborted) return;
      try {
        settled[index] = { item, state: 'done', result: await work(item) };
      } catch (error) {
        settled[index] = { item, state: 'failed', error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  signal?.throwIfAborted();
  return settled;
}
