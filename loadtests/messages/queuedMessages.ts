import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import { callLimit } from '../../monitoring/callLimit.ts';

const counted = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const satisfies readonly QueueAttributeName[];

/** Messages in a queue: waiting, being worked on, delayed. Approximate, as SQS tells it. */
export async function queuedMessages(sqs: SQSClient, url: string, signal?: AbortSignal): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...counted] }),
    { abortSignal: callLimit(signal) },
  );
  return counted.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
}

/** The same of a system's subscriber; none where its topic hands over without a queue, so that nobody sees what waits. */
export const waitingMessages = async (
  sqs: SQSClient,
  { queues }: Pick<PublishedDocument, 'queues'>,
  signal?: AbortSignal,
): Promise<number> => (queues?.subscriber ? queuedMessages(sqs, queues.subscriber.url, signal) : 0);
