import { z } from 'zod';
import { defineAction } from '../action.ts';
import { refusalAs } from '../errors.ts';
import { page } from '../page.ts';
import { parameterShape } from './shape.ts';

export const getParametersByPath = defineAction({
  name: 'GetParametersByPath',
  input: z.strictObject({
    Path: z.string().startsWith('/', { error: 'expected a path that begins with a slash' }),
    Recursive: z.boolean().default(false),
    WithDecryption: z.boolean().optional(),
    MaxResults: z.number().int().min(1).max(10).default(10),
    NextToken: z.string().optional(),
  }),
  handle: ({ Path, Recursive, MaxResults, NextToken }, { state }) => {
    const found = state.parameters.below(Path, { recursive: Recursive });
    const { items, nextToken } = page(found, MaxResults, NextToken, refusalAs('InvalidNextToken'));
    return { Parameters: items.map(parameterShape), NextToken: nextToken };
  },
});
