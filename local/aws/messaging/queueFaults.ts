import type { Clock } from '../../../core/clock.ts';

/**
 * What SQS may do with a standard queue's messages and an emulator never does, each as a share (0 to 1) of
 * what is received.
 */
export interface QueueFaultRates {
  /** Delivered once more, within seconds, also when it was deleted meanwhile. */
  duplicate: number;
  /** Overtaken by what was sent after it; what is received together comes shuffled. */
  disorder: number;
  /** Received only seconds later. */
  delay: number;
}

/** As much of a received message as matters here. */
export interface ReceivedMessage {
  MessageId: string;
}

interface Held<Message> {
  message: Message;
  dueMs: number;
}

/** The longest a message is held back: far below every visibility timeout here, which goes on running. */
const longestHoldMs = 5_000;
/** Long enough for what comes next to overtake. */
const overtakenForMs = 500;

/**
 * Stands between a queue and its consumers. Nothing is lost by it: a message that is held back when the
 * stage stops becomes visible again by its own timeout.
 */
export class QueueFaults<Message extends ReceivedMessage> {
  readonly #rates: QueueFaultRates;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #held = new Map<string, Held<Message>[]>();

  /** @param random values in [0, 1) */
  constructor(rates: QueueFaultRates, { clock, random }: { clock: Clock; random: () => number }) {
    this.#rates = rates;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Receives as SQS may: at most `count` messages, within `waitSeconds` or a second more. An answer of fewer says that
   * nothing else waits, as without faults: what is held back is made up for by what comes after it.
   * @param receive asks the queue itself for so many; null ends it.
   */
  async receive(
    queueUrl: string,
    { count, waitSeconds }: { count: number; waitSeconds: number },
    receive: (count: number, waitSeconds: number) => Promise<readonly Message[] | null>,
  ): Promise<Message[]> {
    const deadlineMs = this.#clock.now() + waitSeconds * 1_000;
    for (;;) {
      const delivered = this.#takeDue(queueUrl, count);
      while (delivered.length < count) {
        const wanted = count - delivered.length;
        const untilMs = delivered.length > 0 ? 0 : Math.min(deadlineMs, this.#nextDueMs(queueUrl));
        const received = await receive(wanted, Math.max(0, Math.ceil((untilMs - this.#clock.now()) / 1_000)));
        if (received === null) return this.#inSomeOrder(delivered);
        delivered.push(...this.#disturb(queueUrl, received, delivered));
        if (received.length < wanted) break;
      }
      if (delivered.length > 0 || this.#clock.now() >= deadlineMs) return this.#inSomeOrder(delivered);
    }
  }

  /** @param delivered what the answer has already: it never holds a message twice */
  #disturb(queueUrl: string, messages: readonly Message[], delivered: readonly Message[]): Message[] {
    const { duplicate, disorder, delay } = this.#rates;
    return messages.filter((message) => {
      if (this.#chance(duplicate)) this.#hold(queueUrl, message, longestHoldMs * this.#random());
      if (this.#chance(delay)) this.#hold(queueUrl, message, longestHoldMs * this.#random());
      else if (this.#chance(disorder)) this.#hold(queueUrl, message, overtakenForMs);
      else if (delivered.some(({ MessageId }) => MessageId === message.MessageId)) {
        this.#hold(queueUrl, message, overtakenForMs);
      } else return true;
      return false;
    });
  }

  #chance(share: number): boolean {
    return share > 0 && this.#random() < share;
  }

  #hold(queueUrl: string, message: Message, forMs: number): void {
    let held = this.#held.get(queueUrl);
    if (!held) this.#held.set(queueUrl, (held = []));
    held.push({ message, dueMs: this.#clock.now() + forMs });
  }

  #takeDue(queueUrl: string, count: number): Message[] {
    const nowMs = this.#clock.now();
    const due: Message[] = [];
    const held = (this.#held.get(queueUrl) ?? []).filter(({ message, dueMs }) => {
      // One answer never holds a message twice.
      if (dueMs > nowMs || due.length === count || due.includes(message)) return true;
      due.push(message);
      return false;
    });
    this.#held.set(queueUrl, held);
    return due;
  }

  #nextDueMs(queueUrl: string): number {
    return Math.min(Infinity, ...(this.#held.get(queueUrl) ?? []).map(({ dueMs }) => dueMs));
  }

  #inSomeOrder(messages: Message[]): Message[] {
    if (this.#rates.disorder === 0) return messages;
    const keyed = messages.map((message) => ({ message, key: this.#random() }));
    return keyed.sort((a, b) => a.key - b.key).map(({ message }) => message);
  }
}
