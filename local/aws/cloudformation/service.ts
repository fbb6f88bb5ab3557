import { awsQuery } from '../protocols/awsQuery.ts';
import type { Service } from '../service.ts';
import { describeStackResources } from './describeStackResources.ts';
import { describeStacks } from './describeStacks.ts';
import { listStackResources } from './listStackResources.ts';
import { listStacks } from './listStacks.ts';

/** Tells of what was booted; nothing is deployed by it. */
export const cloudFormation: Service = {
  signingName: 'cloudformation',
  protocols: [awsQuery('http://cloudformation.amazonaws.com/doc/2010-05-15/')],
  actions: [describeStacks, describeStackResources, listStackResources, listStacks],
  unknownActionCode: 'InvalidAction',
};
