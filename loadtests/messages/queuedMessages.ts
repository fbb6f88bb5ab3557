import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
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
