import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { resourcesOf, validationError } from './shapes.ts';

export const listStackResources = defineAction({
  name: 'ListStackResources',
  invalidInput: validationError,
  input: z.strictObject({ StackName: z.string(), NextToken: z.string().optional() }),
  handle: ({ StackName, NextToken }, { state: { stacks } }) => {
    const all = resourcesOf(stacks.get(StackName), 'LastUpdatedTimestamp');
    const { items, nextToken } = page(all, 100, NextToken, validationError);
    return { StackResourceSummaries: items, NextToken: nextToken };
  },
});
