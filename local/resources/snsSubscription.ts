import { SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { cfnBoolean, defineResource, inert } from './define.ts';

export const snsSubscription = defineResource(
  'AWS::SNS::Subscription',
  {
    TopicArn: z.string(),
    Protocol: z.enum(['sqs', 'email', 'https'], {
      error: 'expected sqs (email and https are accepted and reach nobody from this machine)',
    }),
    Endpoint: z.string(),
    RawMessageDelivery: cfnBoolean.default(false),
    RedrivePolicy: inert('delivery from topic to queue happens within one process and does not fail'),
  },
  async (properties, { sns }, scope) => {
    const { TopicArn, Endpoint, Protocol } = properties;
    if (Protocol !== 'sqs') return { ref: `${TopicArn}:${scope.logicalId}` };
    if (!Endpoint.startsWith('arn:aws:sqs:')) {
      throw new TemplateError(scope.where, `Endpoint: expected the ARN of an SQS queue, got "${Endpoint}"`);
    }
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol,
        Endpoint,
        Attributes: { RawMessageDelivery: String(properties.RawMessageDelivery) },
        ReturnSubscriptionArn: true,
      }),
    );
    return { ref: SubscriptionArn };
  },
);
