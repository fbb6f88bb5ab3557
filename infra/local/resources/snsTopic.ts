import { z } from 'zod';
import { defineResource, generatedName, inert } from './define.ts';
import { requireAccount } from './localArn.ts';

export const snsTopic = defineResource(
  'AWS::SNS::Topic',
  {
    TopicName: z.string().optional(),
    DisplayName: inert('only e-mails show it'),
    KmsMasterKeyId: inert('nothing is encrypted on this machine'),
  },
  (properties, context, scope) => {
    const name = properties.TopicName ?? generatedName(scope);
    const { topicArn } = context.messaging.createTopic(name, { region: context.region });
    requireAccount(topicArn, context, scope);
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
);
