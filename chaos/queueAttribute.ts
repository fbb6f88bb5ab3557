import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { callLimit } from '../monitoring/callLimit.ts';

/** What a queue is set to, in milliseconds, of what SQS tells in seconds; undefined where it does not tell. */
export async function queueAttributeMs(
  sqs: SQSClient,
  QueueUrl: string,
  name: Extract<QueueAttributeName, 'VisibilityTimeout' | 'MessageRetentionPeriod'>,
): Promise<number | undefined> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }), {
    abortSignal: callLimit(),
  });
  const seconds = Number(Attributes?.[name]);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
