import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueNameExists,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { cfnNumber, defineResource, generatedName, inert } from './define.ts';

export const sqsQueue = defineResource(
  'AWS::SQS::Queue',
  {
    QueueName: z
      .string()
      .regex(/^[\w-]{1,80}$/, { error: 'expected the name of a standard queue' })
      .optional(),
    VisibilityTimeout: cfnNumber.int().min(0).max(43_200).default(30),
    DelaySeconds: cfnNumber.int().min(0).max(900).default(0),
    ReceiveMessageWaitTimeSeconds: cfnNumber.int().min(0).max(20).default(0),
    RedrivePolicy: z
      .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: cfnNumber.int().min(1).max(1_000) })
      .optional(),
    MessageRetentionPeriod: inert('a stage on this machine does not live for days'),
    KmsMasterKeyId: inert('nothing is encrypted on this machine'),
    KmsDataKeyReusePeriodSeconds: inert('nothing is encrypted on this machine'),
    SqsManagedSseEnabled: inert('nothing is encrypted on this machine'),
  },
  async (properties, { sqs }, scope) => {
    const name = properties.QueueName ?? generatedName(scope);
    const QueueUrl = await queueWith(sqs, name, {
      VisibilityTimeout: String(properties.VisibilityTimeout),
      DelaySeconds: String(properties.DelaySeconds),
      ReceiveMessageWaitTimeSeconds: String(properties.ReceiveMessageWaitTimeSeconds),
      ...(properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) }),
    });
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const Arn = Attributes?.['QueueArn'] ?? '';
    return { ref: QueueUrl, attributes: { Arn, QueueName: name, QueueUrl } };
  },
);

/** The URL of a queue, new, or kept from an earlier start and brought to what the template says now. */
async function queueWith(
  sqs: SQSClient,
  QueueName: string,
  Attributes: Record<string, string>,
): Promise<string> {
  try {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  } catch (error) {
    if (!(error instanceof QueueNameExists)) throw error;
  }
  const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  return QueueUrl;
}
