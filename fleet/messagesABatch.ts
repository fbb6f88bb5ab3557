/** By what a queue hands its messages over. */
interface Batching {
  /** Messages of a batch at most. */
  batchSize: number;
  /** How long a batch is gathered, in seconds. */
  batchWindowSeconds: number;
}

/**
 * Messages of a batch at a steady rate: as many as come while one is gathered, and one at least. Several pollers gather at
 * once and share them, so that batches may be smaller; what waits after an outage comes in full ones.
 */
export const messagesABatch = (
  messagesPerSecond: number,
  { batchSize, batchWindowSeconds }: Batching,
): number => Math.max(1, Math.min(batchSize, messagesPerSecond * batchWindowSeconds));
