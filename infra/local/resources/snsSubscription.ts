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
  (properties, { messaging, region }, scope) => {
    const { TopicArn, Endpoint, Protocol } = properties;
    const topic = TopicArn.split(':')[5] ?? '';
    if (Protocol === 'sqs') {
      if (!Endpoint.startsWith('arn:aws:sqs:')) {
        throw new TemplateError(scope.where, `Endpoint: expected the ARN of an SQS queue, got "${Endpoint}"`);
      }
      messaging.subscribe({
        topic,
        queue: Endpoint.split(':')[5] ?? '',
        region,
        attributes: { RawMessageDelivery: String(properties.RawMessageDelivery) },
      });
    }
    return { ref: `${TopicArn}:${scope.logicalId}` };
  },
);
