import { z } from 'zod';
import { defineAction } from '../action.ts';

export const cancelStatement = defineAction({
  name: 'CancelStatement',
  input: z.strictObject({ Id: z.string() }),
  handle: async ({ Id }, { state }) => {
    await state.statements.cancel(Id);
    return { Status: true };
  },
});
