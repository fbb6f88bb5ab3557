import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock } from '../../core/clock.ts';
import type { InvocationOutcome } from '../functions/runtime.ts';
import { doneMessages } from './batchResponse.ts';
import { recordOf, type RecordSource } from './record.ts';

/** An event source mapping: a queue whose messages a function gets in batches. */
export interface EventSourceMapping extends RecordSource {
  queueUrl: string;
  functionName: string;
  /** Messages a batch holds at most. */
  batchSize: number;
  /** How long a batch that isn't full is waited for, from its first message. */
  batchWindowMs: number;
  /** Batches at once. */
  maximumConcurrency: number;
  reportBatchItemFailures: boolean;
}

export interface PollerOptions {
  sqs: SQSClient;
  clock: Clock;
  /** 0 inclusive to 1 exclusive; spreads the pauses after failures. */
  random: () => number;
  invoke: (functionName: string, event: unknown) => Promise<InvocationOutcome>;
  /** Told of a receive or delete that failed; the poller tries again by itself. */
  onError: (error: unknown) => void;
}

/** SQS gives at most ten messages a call, and waits at most twenty seconds for the first. */
const receiveLimit = 10;
const longPollSeconds = 20;
const firstPauseMs = 250;
const longestPauseMs = 5_000;

/**
 * Polls one queue for its function: long polls, gathers a batch, runs up to `maximumConcurrency` of them
 * at once, deletes what is done. What isn't becomes visible again by the queue's own timeout, and goes to
 * its dead-letter queue by the queue's own redrive policy. After failures it pauses longer and longer.
 */
export class QueuePoller {
  readonly #mapping: EventSourceMapping;
  readonly #options: PollerOptions;
  readonly #stop = new AbortController();
  readonly #batches = new Set<Promise<void>>();
  #loop: Promise<void> | undefined;
  #failures = 0;

  constructor(mapping: EventSourceMapping, options: PollerOptions) {
    this.#mapping = mapping;
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#poll();
  }

  /** Ends the long poll at once and waits for batches under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await Promise.all(this.#batches);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#batches.size >= this.#mapping.maximumConcurrency) await Promise.race(this.#batches);
        await this.#pause();
        const messages = await this.#gather();
        if (messages.length > 0) this.#dispatch(messages);
      } catch (error) {
        if (signal.aborted) return;
        this.#failures += 1;
        this.#options.onError(error);
      }
    }
  }

  /** Full jitter, so that the pollers of a fleet don't come back together. */
  async #pause(): Promise<void> {
    if (this.#failures === 0) return;
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1));
    await this.#options.clock.sleep(longest * this.#options.random(), this.#stop.signal);
  }

  async #gather(): Promise<Message[]> {
    const { batchSize, batchWindowMs } = this.#mapping;
    const { clock } = this.#options;
    let wanted = Math.min(receiveLimit, batchSize);
    const messages = await this.#receive(wanted, longPollSeconds);
    if (messages.length === 0) return messages;
    const deadline = clock.now() + batchWindowMs;
    let received = messages.length;
    while (messages.length < batchSize && !this.#stop.signal.aborted) {
      const leftMs = deadline - clock.now();
      if (leftMs <= 0) break;
      // A full answer says that more is waiting: no reason to wait for it.
      const moreIsWaiting = received === wanted;
      // SQS waits whole seconds: what is left of the window below one is slept, then asked for.
      const waitSeconds = moreIsWaiting ? 0 : Math.floor(leftMs / 1_000);
      if (!moreIsWaiting && waitSeconds === 0) {
        await clock.sleep(leftMs, this.#stop.signal).catch(() => {});
      }
      wanted = Math.min(receiveLimit, batchSize - messages.length);
      const more = await this.#receive(wanted, waitSeconds);
      messages.push(...more);
      received = more.length;
    }
    return messages;
  }

  async #receive(count: number, waitSeconds: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#mapping.queueUrl,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    const { Messages } = await this.#options.sqs.send(command, { abortSignal: this.#stop.signal });
    return Messages ?? [];
  }

  #dispatch(messages: readonly Message[]): void {
    const batch = this.#run(messages).catch((error: unknown) => {
      this.#failures += 1;
      this.#options.onError(error);
    });
    this.#batches.add(batch);
    void batch.finally(() => this.#batches.delete(batch));
  }

  async #run(messages: readonly Message[]): Promise<void> {
    const { functionName, reportBatchItemFailures } = this.#mapping;
    const event = { Records: messages.map((message) => recordOf(message, this.#mapping)) };
    const outcome = await this.#options.invoke(functionName, event);
    const ids = messages.map((message) => message.MessageId ?? '');
    // A failed invocation leaves all of them.
    const done = new Set(outcome.ok ? doneMessages(outcome.payload, ids, reportBatchItemFailures) : []);
    const deletable = messages.filter((message) => done.has(message.MessageId ?? ''));
    for (let start = 0; start < deletable.length; start += receiveLimit) {
      await this.#delete(deletable.slice(start, start + receiveLimit));
    }
    this.#failures = done.size === messages.length ? 0 : this.#failures + 1;
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    const { Failed } = await this.#options.sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.#mapping.queueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    const [failed] = Failed ?? [];
    if (failed)
      throw new Error(
        `SQS kept ${Failed?.length} messages that were processed: ${failed.Code} ${failed.Message}`,
      );
  }
}
