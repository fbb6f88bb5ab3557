import { SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { cfnBoolean, defineResource, inert } from './define.ts';

export const snsSubscription = defineResource(
  'AWS::SNS::Subscription',
  {
    TopicArn: z.string(),
    Protocol: z.enum(['sqs', 'lambda', 'email', 'https'], {
      error: 'expected sqs or lambda (email and https are accepted and reach nobody from this machine)',
    }),
    Endpoint: z.string(),
    RawMessageDelivery: cfnBoolean.default(false),
    RedrivePolicy: inert('delivery from topic to queue happens within one process and does not fail'),
  },
  async (properties, { sns, configurations }, scope) => {
    const { TopicArn, Endpoint, Protocol } = properties;
    if (Protocol !== 'sqs' && Protocol !== 'lambda') return { ref: `${TopicArn}:${scope.logicalId}` };
    if (Protocol === 'lambda') {
      configurations.get(Endpoint);
      if (properties.RawMessageDelivery) {
        throw new TemplateError(
          scope.where,
          'RawMessageDelivery: expected none, since a function gets no raw messages',
        );
      }
    } else if (!Endpoint.startsWith('arn:aws:sqs:')) {
      throw new TemplateError(scope.where, `Endpoint: expected the ARN of an SQS queue, got "${Endpoint}"`);
    }
    const { SubscriptionArn = '' } = await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol,
        Endpoint,
        ...(Protocol === 'sqs' && {
          Attributes: { RawMessageDelivery: String(properties.RawMessageDelivery) },
        }),
        ReturnSubscriptionArn: true,
      }),
    );
    return { ref: SubscriptionArn };
  },
);
