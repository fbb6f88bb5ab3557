import { ChangeMessageVisibilityBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';

/** Messages in one call of SQS. */
const perCall = 10;

/** What names a received message to SQS, in lots that one call takes. */
export const inCalls = (
  messages: readonly Message[],
): { Id: string; ReceiptHandle: string | undefined }[][] =>
  Array.from({ length: Math.ceil(messages.length / perCall) }, (_, call) =>
    messages
      .slice(call * perCall, (call + 1) * perCall)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
  );

/**
 * Makes messages that were received visible to everybody again, at once.
 * @param abortSignal asked before each call
 */
export async function giveBack(
  sqs: SQSClient,
  url: string,
  messages: readonly Message[],
  abortSignal?: () => AbortSignal,
): Promise<void> {
  for (const entries of inCalls(messages)) {
    const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries });
    await sqs.send(command, abortSignal ? { abortSignal: abortSignal() } : {});
  }
}
