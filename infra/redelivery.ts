import { limits } from '../monitoring/limits.ts';
import type { StageConfig } from '../fleet/fleet.ts';

export interface Redelivery {
  /** How long a received message stays hidden before it is tried again. */
  visibilitySeconds: number;
  /** Receives after which SQS moves a message to the dead-letter queue. */
  maxReceiveCount: number;
}

/** Fewer receives than this, and a few throttled polls would already dead-letter a good message (AWS). */
const fewestReceives = 5;

/**
 * How the subscriber's queue delivers again: hidden for six times the function's timeout and the batch
 * window (AWS's guidance, so that no message returns while its batch still runs), and often enough that
 * a message outlives `limits.retryMessagesSeconds` of failures.
 */
export function redeliveryOf(subscriber: StageConfig['subscriber']): Redelivery {
  const visibilitySeconds = 6 * Math.ceil(subscriber.timeoutMs / 1_000) + subscriber.batchWindowSeconds;
  return {
    visibilitySeconds,
    maxReceiveCount: Math.max(fewestReceives, Math.ceil(limits.retryMessagesSeconds / visibilitySeconds)),
  };
}
