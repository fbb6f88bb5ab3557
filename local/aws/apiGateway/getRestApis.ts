import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { badRequest, describeApi } from './shapes.ts';

export const getRestApis = defineAction({
  name: 'GetRestApis',
  invalidInput: badRequest,
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(500).default(25),
    position: z.string().optional(),
  }),
  handle: ({ limit, position }, { state }) => {
    const apis = [...state.restApis.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, nextToken } = page(apis, limit, position, badRequest);
    return {
      item: items.map(describeApi),
      position: nextToken,
    };
  },
});
