import { z } from 'zod';
import { defineAction } from '../action.ts';
import { page } from '../page.ts';
import { configurationShape, invalidLambdaInput } from './shapes.ts';

/** Lambda gives no more at once, whatever is asked for. */
const pageSize = 50;

export const listFunctions = defineAction({
  name: 'ListFunctions',
  invalidInput: invalidLambdaInput,
  input: z.strictObject({
    Marker: z.string().optional(),
    MaxItems: z.coerce.number().int().min(1).max(10_000).default(pageSize),
    // There is no version here but the newest.
    FunctionVersion: z.literal('ALL').optional(),
  }),
  handle: ({ Marker, MaxItems }, { state }) => {
    const size = Math.min(MaxItems, pageSize);
    const { items, nextToken } = page(state.functions.all(), size, Marker, invalidLambdaInput);
    return { Functions: items.map(configurationShape), NextMarker: nextToken };
  },
});
