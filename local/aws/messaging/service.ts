import { awsJson } from '../protocols/awsJson.ts';
import { awsQuery } from '../protocols/awsQuery.ts';
import type { Service } from '../service.ts';

/** The emulator knows its own actions, and refuses the others by name. */
export const sqs: Service = {
  signingName: 'sqs',
  protocols: [awsJson('1.0', 'AmazonSQS', { queryCompatible: true })],
  actions: 'emulator',
  unknownActionCode: 'InvalidAction',
};

export const sns: Service = {
  signingName: 'sns',
  protocols: [awsQuery('http://sns.amazonaws.com/doc/2010-03-31/')],
  actions: 'emulator',
  unknownActionCode: 'InvalidAction',
};
