import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { defineResource, generatedName, inert } from './define.ts';

export const snsTopic = defineResource(
  'AWS::SNS::Topic',
  {
    TopicName: z.string().optional(),
    DisplayName: inert('only e-mails show it'),
    KmsMasterKeyId: inert('nothing is encrypted on this machine'),
  },
  async (properties, { sns }, scope) => {
    const name = properties.TopicName ?? generatedName(scope);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }));
    return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
  },
);
