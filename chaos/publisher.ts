import { PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import { largestBatch as batchSize } from '../loadtests/k6/lib/messages.ts';
import type { ServiceLoad } from '../fleet/serviceLoad.ts';
import {
  hasParts,
  messageParts,
  type MessagingDocument,
  type PublishedDocument,
} from '../fleet/systemDocument.ts';
import type { Clock } from '../core/clock.ts';
import { callLimit } from '../monitoring/callLimit.ts';
import { describeError } from '../core/describeError.ts';
import { goodIds } from './identity.ts';

/** Batches under way at a time, a system. */
const batchesAtOnce = 8;
const tickMs = 250;
/** What SNS has not acknowledged yet is offered again for so long: after the stop, and of what is slipped in. */
const flushMs = 10_000;

export interface PublisherOptions {
  service: { load: Pick<ServiceLoad, 'message'> };
  systems: readonly PublishedDocument[];
  sns: SNSClient;
  clock: Clock;
  /** First id of the block that this drill reserved. */
  firstId: number;
  onProgress?: (line: string) => void;
}

/** Publishes good messages to every system's topic, each id once, until stopped. */
export interface Publisher {
  /** Ids whose publication SNS acknowledged. */
  acknowledged(system: string): ReadonlySet<number>;
  /** Ids of which nobody knows whether SNS took them. */
  unresolved(system: string): number;
  /**
   * Sends a few bodies that are no good messages, at most 9, in one call with the next good messages. Resolves
   * when SNS has taken them all; whatever its end, none is sent after it.
   * @throws Error when SNS has not within 10 s; the signal's reason when it aborts.
   */
  slipIn(system: string, bodies: readonly string[], signal: AbortSignal): Promise<void>;
  /** Bodies slipped in whose publication SNS acknowledged. */
  slippedIn(system: string): readonly string[];
  /** Resolves when nothing more will be published. */
  stop(): Promise<void>;
}

/** Messages a second that a drill sends a system: its peak, and one where no peak is declared. */
export const messageRate = (system: PublishedDocument): number =>
  Math.max(1, system.expectedPeak.messagesPerSecond);

/** Messages due after `elapsedMs` on an open-loop schedule, never more than the drill's block has ids for. */
export const messagesDue = (elapsedMs: number, perSecond: number): number =>
  Math.min(Math.floor((elapsedMs / 1_000) * perSecond), goodIds);

export function startPublisher(options: PublisherOptions): Publisher {
  const stopping = new AbortController();
  const channels = new Map(
    options.systems
      .filter((system) => hasParts(system, messageParts))
      .map((system) => [system.system, new Channel(system, options)]),
  );
  const running = [...channels.values()].map((channel) => channel.run(stopping.signal));
  const channelOf = (system: string): Channel => {
    const channel = channels.get(system);
    if (channel === undefined) throw new Error(`no messages are published to a system "${system}"`);
    return channel;
  };
  return {
    acknowledged: (system) => channelOf(system).acknowledged,
    unresolved: (system) => channelOf(system).pending.size,
    slipIn: (system, bodies, signal) => channelOf(system).slipIn(bodies, signal),
    slippedIn: (system) => channelOf(system).slippedIn,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** One system's topic. */
class Channel {
  readonly acknowledged = new Set<number>();
  /** Bodies by id, from the schedule until the acknowledgement; offered again unchanged, so that a
   * publication that was taken without our knowing is a plain duplicate. */
  readonly pending = new Map<number, string>();
  readonly slippedIn: string[] = [];
  /** Bodies to be slipped in, by their entry's name in a call of SNS. */
  readonly #foreign = new Map<string, string>();
  readonly #system: MessagingDocument;
  readonly #options: PublisherOptions;
  #foreignNamed = 0;
  #publishing: Promise<void> = Promise.resolve();
  #scheduled = 0;
  #failureTold = false;

  constructor(system: MessagingDocument, options: PublisherOptions) {
    this.#system = system;
    this.#options = options;
  }

  async run(stopping: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const startMs = clock.now();
    while (!stopping.aborted) {
      this.#schedule(messagesDue(clock.now() - startMs, messageRate(this.#system)));
      this.#publishing = this.#publishPending();
      await this.#publishing;
      await clock.sleep(tickMs, stopping).catch(() => undefined);
    }
    const deadlineMs = clock.now() + flushMs;
    while (this.pending.size > 0 && clock.now() < deadlineMs) {
      await this.#publishPending();
      if (this.pending.size > 0) await clock.sleep(tickMs);
    }
  }

  async slipIn(bodies: readonly string[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const named = bodies.map((body): [string, string] => [`slipped-${this.#foreignNamed++}`, body]);
    for (const [name, body] of named) this.#foreign.set(name, body);
    const deadlineMs = clock.now() + flushMs;
    try {
      while (named.some(([name]) => this.#foreign.has(name))) {
        if (clock.now() >= deadlineMs) throw new Error(`SNS took no messages for ${flushMs} ms`);
        await clock.sleep(tickMs, signal).catch(() => undefined);
        signal.throwIfAborted();
      }
    } finally {
      for (const [name] of named) this.#foreign.delete(name);
      await this.#publishing;
    }
  }

  #schedule(due: number): void {
    const atMs = this.#options.clock.now();
    for (; this.#scheduled < due; this.#scheduled += 1) {
      const id = this.#options.firstId + this.#scheduled;
      this.pending.set(id, this.#options.service.load.message(id, atMs));
    }
  }

  async #publishPending(): Promise<void> {
    const good = [...this.pending].map(([id, body]): [string, string] => [String(id), body]);
    // Never alone: what is slipped in is there to meet good messages on its way.
    const entries = good.length === 0 ? [] : [...this.#foreign, ...good];
    for (let start = 0; start < entries.length; start += batchSize * batchesAtOnce) {
      const wave = entries.slice(start, start + batchSize * batchesAtOnce);
      const batches: [string, string][][] = [];
      for (let from = 0; from < wave.length; from += batchSize)
        batches.push(wave.slice(from, from + batchSize));
      await Promise.all(batches.map((batch) => this.#publish(batch)));
    }
  }

  async #publish(batch: readonly [string, string][]): Promise<void> {
    try {
      const { Successful } = await this.#options.sns.send(
        new PublishBatchCommand({
          TopicArn: this.#system.topicArn,
          PublishBatchRequestEntries: batch.map(([id, body]) => ({ Id: id, Message: body })),
        }),
        { abortSignal: callLimit() },
      );
      for (const { Id = '' } of Successful ?? []) {
        const foreign = this.#foreign.get(Id);
        if (foreign !== undefined && this.#foreign.delete(Id)) this.slippedIn.push(foreign);
        else if (this.pending.delete(Number(Id))) this.acknowledged.add(Number(Id));
      }
    } catch (error) {
      if (this.#failureTold) return;
      this.#failureTold = true;
      this.#options.onProgress?.(
        `${this.#system.system}: publishing failed and is retried: ${describeError(error)}`,
      );
    }
  }
}
