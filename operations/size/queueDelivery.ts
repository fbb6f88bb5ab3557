import { paginateListEventSourceMappings, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSubscriptionAttributesCommand,
  paginateListSubscriptionsByTopic,
  type SNSClient,
} from '@aws-sdk/client-sns';
import type { DocumentWith } from '../../fleet/systemDocument.ts';
import { callLimit, eachCallLimit } from '../../monitoring/callLimit.ts';
import { UsageError } from '../errors.ts';
import type { QueuedFrom } from './queueBatch.ts';

/** What a subscriber is handed over, and how. */
export interface QueueDelivery extends QueuedFrom {
  /** Messages of a batch at most. */
  batchSize: number;
  batchWindowSeconds: number;
  /** Batches at once; undefined where the mapping sets no bound. */
  maximumConcurrency: number | undefined;
}

type Subscribed = DocumentWith<'functions.subscriber' | 'queues.subscriber' | 'topicArn'>;

/**
 * How a system's messages come to its subscriber, as AWS has it now.
 * @throws UsageError where its queue is none of the topic's subscriptions, or nothing hands its messages to the function
 */
export async function queueDelivery(
  { lambda, sns }: { lambda: LambdaClient; sns: SNSClient },
  system: Subscribed,
): Promise<QueueDelivery> {
  const queueArn = arnOf(system.queues.subscriber.url, system);
  return {
    queueArn,
    region: system.region,
    topicArn: system.topicArn,
    isRaw: await isRaw(sns, system, queueArn),
    ...(await mappingOf(lambda, system, queueArn)),
  };
}

/** A queue's URL ends with its account and its name. */
function arnOf(url: string, { region, topicArn }: Subscribed): string {
  const [account, name] = new URL(url).pathname.split('/').slice(-2);
  const [, partition] = topicArn.split(':');
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}

async function isRaw(client: SNSClient, { topicArn }: Subscribed, queueArn: string): Promise<boolean> {
  for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
    { client },
    { TopicArn: topicArn },
    eachCallLimit(),
  )) {
    const own = Subscriptions.find(({ Endpoint }) => Endpoint === queueArn);
    if (!own) continue;
    const { Attributes } = await client.send(
      new GetSubscriptionAttributesCommand({ SubscriptionArn: own.SubscriptionArn }),
      { abortSignal: callLimit() },
    );
    return Attributes?.['RawMessageDelivery'] === 'true';
  }
  throw new UsageError(`${topicArn} does not deliver to ${queueArn}: expected a subscription of that queue.`);
}

async function mappingOf(
  client: LambdaClient,
  { functions: { subscriber } }: Subscribed,
  queueArn: string,
): Promise<Omit<QueueDelivery, keyof QueuedFrom> & Pick<QueuedFrom, 'reportsFailures'>> {
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
    { client },
    { EventSourceArn: queueArn },
    eachCallLimit(),
  )) {
    // Of the function, or of an alias of it.
    const own = EventSourceMappings.find(({ FunctionArn = '' }) => FunctionArn.split(':')[6] === subscriber);
    if (!own) continue;
    return {
      batchSize: own.BatchSize ?? 10,
      batchWindowSeconds: own.MaximumBatchingWindowInSeconds ?? 0,
      maximumConcurrency: own.ScalingConfig?.MaximumConcurrency,
      reportsFailures: own.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    };
  }
  throw new UsageError(
    `nothing hands the messages of ${queueArn} to ${subscriber}: expected an event source mapping.`,
  );
}
