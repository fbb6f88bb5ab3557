import type { MetricStore } from '../../../cloudwatch/metricStore.ts';
import type { MessageObserver } from './emulatorParts.ts';

/**
 * Publishes what is sent to queues as SQS does, by whatever way it comes but one: what a queue's redrive policy moves to
 * its dead-letter queue was not sent there.
 */
export class SentMessages implements MessageObserver {
  readonly #writers = new Map<string, (timestampMs: number, value: number) => void>();
  readonly #metrics: MetricStore;
  readonly #now: () => number;
  /** Moved, and not yet seen to arrive. */
  readonly #moved = new Set<string>();

  constructor(metrics: MetricStore, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
  }

  addMessage({ service, queueName, messageId, status }: Parameters<MessageObserver['addMessage']>[0]): void {
    if (service !== 'sqs' || queueName === undefined) return;
    if (status === 'dlq') this.#moved.add(messageId);
    else if (status === 'published' && !this.#moved.delete(messageId)) {
      this.#writerOf(queueName)(this.#now(), 1);
    }
  }

  #writerOf(queueName: string): (timestampMs: number, value: number) => void {
    let writer = this.#writers.get(queueName);
    if (!writer) {
      writer = this.#metrics.writer({
        namespace: 'AWS/SQS',
        name: 'NumberOfMessagesSent',
        dimensions: { QueueName: queueName },
        unit: 'Count',
      });
      this.#writers.set(queueName, writer);
    }
    return writer;
  }
}
