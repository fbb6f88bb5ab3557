import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { completed, stackShape, validationError } from './shapes.ts';

export const listStacks = defineAction({
  name: 'ListStacks',
  invalidInput: validationError,
  input: z.strictObject({
    StackStatusFilter: z.array(z.string()).default([]),
    NextToken: z.string().optional(),
  }),
  handle: ({ StackStatusFilter: statuses, NextToken }, { state: { stacks } }) => {
    const asked = statuses.length === 0 || statuses.includes(completed) ? stacks.all() : [];
    const { items, nextToken } = page(asked, 100, NextToken, validationError);
    return { StackSummaries: items.map(stackShape), NextToken: nextToken };
  },
});
