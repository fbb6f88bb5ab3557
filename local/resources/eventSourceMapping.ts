import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { cfnNumber, defineResource, functionName, physicalId } from './define.ts';

/** Lambda's own starting point for a queue without a limit: five pollers. */
const defaultConcurrency = 5;

export const eventSourceMapping = defineResource(
  'AWS::Lambda::EventSourceMapping',
  {
    EventSourceArn: z.string().regex(/^arn:aws:sqs:/, { error: 'expected the ARN of an SQS queue' }),
    FunctionName: z.string(),
    BatchSize: cfnNumber.int().min(1).max(10_000).default(10),
    MaximumBatchingWindowInSeconds: cfnNumber.int().min(0).max(300).default(0),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
    ScalingConfig: z.strictObject({ MaximumConcurrency: cfnNumber.int().min(2).max(1_000) }).optional(),
    Enabled: z.literal(true).optional(),
  },
  async (properties, { queues, configurations, sqs, region, clock }, scope) => {
    const queueArn = properties.EventSourceArn;
    if (properties.BatchSize > 10 && properties.MaximumBatchingWindowInSeconds === 0) {
      throw new TemplateError(
        scope.where,
        `BatchSize: expected at most 10, got ${properties.BatchSize}; more needs a MaximumBatchingWindowInSeconds of at least 1`,
      );
    }
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueArn.split(':')[5] }));
    const maximumConcurrency = properties.ScalingConfig?.MaximumConcurrency;
    const reportsFailures = properties.FunctionResponseTypes.length > 0;
    const name = functionName(properties.FunctionName);
    queues.add({
      queueUrl: QueueUrl,
      queueArn,
      region,
      functionName: name,
      batchSize: properties.BatchSize,
      batchWindowMs: properties.MaximumBatchingWindowInSeconds * 1_000,
      maximumConcurrency: maximumConcurrency ?? defaultConcurrency,
      reportBatchItemFailures: reportsFailures,
    });
    const id = physicalId(scope, 32);
    configurations.addMapping({
      id,
      functionName: name,
      eventSourceArn: queueArn,
      batchSize: properties.BatchSize,
      batchWindowSeconds: properties.MaximumBatchingWindowInSeconds,
      maximumConcurrency,
      reportsFailures,
      createdMs: clock.now(),
    });
    return { ref: id };
  },
);
