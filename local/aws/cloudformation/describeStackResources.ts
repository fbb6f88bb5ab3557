import { z } from 'zod';
import { defineAction } from '../action.ts';
import { resourcesOf, validationError } from './shapes.ts';

/** As many as it ever tells: of larger stacks ListStackResources tells all. */
const most = 100;

export const describeStackResources = defineAction({
  name: 'DescribeStackResources',
  invalidInput: validationError,
  input: z.strictObject({ StackName: z.string(), LogicalResourceId: z.string().optional() }),
  handle: ({ StackName, LogicalResourceId: asked }, { state: { stacks } }) => {
    const stack = stacks.get(StackName);
    const resources = stack.resources.filter(({ logicalId }) => asked === undefined || logicalId === asked);
    if (asked !== undefined && resources.length === 0) {
      throw validationError(`Resource ${asked} does not exist for stack ${stack.name}`);
    }
    const told = resourcesOf({ ...stack, resources: resources.slice(0, most) }, 'Timestamp');
    return {
      StackResources: told.map((resource) => ({ StackName: stack.name, StackId: stack.arn, ...resource })),
    };
  },
});
