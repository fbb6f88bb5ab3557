import { awsQuery } from '../protocols/awsQuery.ts';
import type { Service } from '../service.ts';
import { getCallerIdentity } from './getCallerIdentity.ts';

export const sts: Service = {
  signingName: 'sts',
  protocols: [awsQuery('https://sts.amazonaws.com/doc/2011-06-15/')],
  actions: [getCallerIdentity],
  unknownActionCode: 'InvalidAction',
};
