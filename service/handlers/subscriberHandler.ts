import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Clock, RandomSource } from '../../core/clock.ts';
import { NonRetryableMessageError } from '../errors.ts';
import type { Database } from '../redshift/database.ts';
import type { Counts, Telemetry } from '../telemetry.ts';
import type { DeadLetter, DeadLetters } from './deadLetters.ts';
import type { MessageKind } from './messageKind.ts';

/** Left of the function's time for answering, after the database has had the rest. */
const answerMs = 500;

export interface SubscriberOptions<Message extends { occurredAt: string }> {
  kind: MessageKind<Message>;
  database: Database;
  deadLetters: DeadLetters;
  telemetry: Telemetry;
  clock: Clock;
  random: RandomSource;
}

/**
 * The subscriber: applies a batch of the queue in one transaction. What can never succeed goes to the
 * dead-letter queue; what may succeed later is handed back to the queue, and only that.
 */
export function createSubscriberHandler<Message extends { occurredAt: string }>(
  options: SubscriberOptions<Message>,
) {
  const { kind, database, deadLetters, telemetry, clock, random } = options;

  async function apply(
    readable: Sorted<Message>['readable'],
    requestId: string,
    withinMs: number,
  ): Promise<Written> {
    if (readable.length === 0) return { retry: [], counts: {}, storedAfterMs: [] };
    const messages = readable.map(({ message }) => message);
    try {
      const { applied, superseded } = await database.use(
        (client, signal) => kind.apply(client, messages, { clock, random, signal }),
        withinMs,
      );
      const committedMs = clock.now();
      return {
        retry: [],
        counts: { messagesApplied: applied, messagesSuperseded: superseded },
        // A batch that changed nothing was stored before.
        storedAfterMs:
          applied === 0 ? [] : messages.map(({ occurredAt }) => committedMs - Date.parse(occurredAt)),
      };
    } catch (error) {
      telemetry.failed(error, requestId);
      return { retry: readable.map(({ record }) => record), counts: {}, storedAfterMs: [] };
    }
  }

  async function giveUp(nonRetryable: Sorted<Message>['nonRetryable'], requestId: string): Promise<Outcome> {
    const refused = await deadLetters.send(nonRetryable);
    for (const letter of nonRetryable) telemetry.failed(refused.get(letter) ?? letter.reason, requestId);
    const retry = [...refused.keys()].map(({ record }) => record);
    return { retry, counts: { messagesDeadLettered: nonRetryable.length - retry.length } };
  }

  return async (
    event: SQSEvent,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const requestId = context.awsRequestId;
    const { nonRetryable, readable } = sortOut(event.Records, kind, clock.now());
    const withinMs = Math.max(answerMs, context.getRemainingTimeInMillis() - answerMs);
    const [written, given] = await Promise.all([
      apply(readable, requestId, withinMs),
      giveUp(nonRetryable, requestId),
    ]);
    const retry = [...written.retry, ...given.retry];
    if (retry.length === 0) telemetry.succeeded(requestId);
    telemetry.publish({ ...written.counts, ...given.counts }, written.storedAfterMs);
    return { batchItemFailures: retry.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

interface Outcome {
  /** To be handed back to the queue. */
  retry: SQSRecord[];
  counts: Counts;
}

interface Written extends Outcome {
  /** From when they occurred until they were committed, of the messages that were. */
  storedAfterMs: number[];
}

interface Sorted<Message> {
  nonRetryable: (DeadLetter & { record: SQSRecord })[];
  readable: { record: SQSRecord; message: Message }[];
}

function sortOut<Message extends { occurredAt: string }>(
  records: readonly SQSRecord[],
  kind: MessageKind<Message>,
  nowMs: number,
): Sorted<Message> {
  const sorted: Sorted<Message> = { nonRetryable: [], readable: [] };
  for (const record of records) {
    try {
      sorted.readable.push({ record, message: kind.parse(record.body, nowMs) });
    } catch (error) {
      if (!(error instanceof NonRetryableMessageError)) throw error;
      sorted.nonRetryable.push({ record, body: record.body, reason: error });
    }
  }
  return sorted;
}
