import type { ClientBase } from 'pg';
import type { RetryOptions } from '../redshift/retryConflicts.ts';

/** What became of a batch's messages; the two add up to their number. */
export interface Applied {
  /** Messages that were written. */
  applied: number;
  /** Messages that something newer, stored or in the same batch, or an equal one made void. */
  superseded: number;
}

/** What a subscriber reads and writes. */
export interface MessageKind<Message extends { occurredAt: string }> {
  /**
   * Reads a message's body.
   * @param nowMs milliseconds since the Unix epoch
   * @throws NonRetryableMessageError for one that no retry can make succeed
   */
  parse(body: string, nowMs: number): Message;
  /** Applies a batch in one transaction: delivered twice, out of order or concurrently, nothing changes. */
  apply(client: ClientBase, messages: readonly Message[], options: RetryOptions): Promise<Applied>;
}
