import { z } from 'zod';
import { cfnNumber, defineResource, generatedName, inert } from './define.ts';
import { requireAccount } from './localArn.ts';

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
  (properties, context, scope) => {
    const name = properties.QueueName ?? generatedName(scope);
    const { queueArn } = context.messaging.createQueue(name, {
      region: context.region,
      attributes: {
        VisibilityTimeout: String(properties.VisibilityTimeout),
        DelaySeconds: String(properties.DelaySeconds),
        ReceiveMessageWaitTimeSeconds: String(properties.ReceiveMessageWaitTimeSeconds),
        ...(properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) }),
      },
    });
    requireAccount(queueArn, context, scope);
    const url = context.queueUrl(name);
    return { ref: url, attributes: { Arn: queueArn, QueueName: name, QueueUrl: url } };
  },
);
