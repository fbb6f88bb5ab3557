import { z } from 'zod';
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
  (properties, { queues, queueUrl, region }, scope) => {
    const queueArn = properties.EventSourceArn;
    queues.add({
      queueUrl: queueUrl(queueArn.split(':')[5] ?? ''),
      queueArn,
      region,
      functionName: functionName(properties.FunctionName),
      batchSize: properties.BatchSize,
      batchWindowMs: properties.MaximumBatchingWindowInSeconds * 1_000,
      maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? defaultConcurrency,
      reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
    });
    return { ref: physicalId(scope, 32) };
  },
);
