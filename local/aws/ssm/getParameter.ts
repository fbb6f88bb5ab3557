import { z } from 'zod';
import { defineAction } from '../action.ts';
import { parameterShape } from './shape.ts';

export const getParameter = defineAction({
  name: 'GetParameter',
  // Values are not encrypted here, so there is nothing that WithDecryption could change.
  input: z.strictObject({ Name: z.string(), WithDecryption: z.boolean().optional() }),
  handle: ({ Name }, { state }) => ({ Parameter: parameterShape(state.parameters.get(Name)) }),
});
