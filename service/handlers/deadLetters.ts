import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ServiceError, type NonRetryableMessageError } from '../errors.ts';

/** A message that can never succeed, and why. */
export interface DeadLetter {
  body: string;
  reason: NonRetryableMessageError;
}

/** Takes the messages that can never succeed. */
export interface DeadLetters {
  /**
   * Keeps each message with the reason as its attribute.
   * @returns those that were not taken, each with a ServiceError `deadLetterFailed`
   */
  send<Letter extends DeadLetter>(letters: readonly Letter[]): Promise<Map<Letter, ServiceError>>;
}

/** What SQS takes in one call. Since 2025 a queue may take four times the bytes; not every queue does. */
const maxEntries = 10;
const maxBytes = 262_144;
const attributeBytes = 100;

/** Calls at once: a batch of 1,000 such messages is sent within a second or two. */
const lanes = 8;

export const createDeadLetters = (client: SQSClient, queueUrl: string): DeadLetters => ({
  async send<Letter extends DeadLetter>(letters: readonly Letter[]) {
    const refused = new Map<Letter, ServiceError>();
    const calls = callsOf(letters).values();
    const lane = async (): Promise<void> => {
      for (const call of calls) {
        for (const [index, cause] of await sendCall(client, queueUrl, call)) {
          const letter = call[index];
          if (letter) refused.set(letter, failed(cause));
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return refused;
  },
});

/** Sends up to ten letters; gives the positions of those not taken, each with its cause. */
async function sendCall(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
): Promise<[index: number, cause: unknown][]> {
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: letters.map(({ body, reason }, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason.errorCode } },
    })),
  });
  try {
    const { Failed = [] } = await client.send(command);
    return Failed.map(({ Id, Code }) => [Number(Id), Object.assign(new Error(), { code: Code })]);
  } catch (error) {
    return letters.map((_, index) => [index, error]);
  }
}

const failed = (cause: unknown): ServiceError =>
  new ServiceError('deadLetterFailed', 'the dead-letter queue did not take a message', { cause });

function callsOf<Letter extends DeadLetter>(letters: readonly Letter[]): Letter[][] {
  const calls: Letter[][] = [];
  let call: Letter[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.body) + attributeBytes;
    if (call.length === maxEntries || (call.length > 0 && bytes + size > maxBytes)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(letter);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}
