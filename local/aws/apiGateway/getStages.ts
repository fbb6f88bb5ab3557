import { z } from 'zod';
import { defineAction } from '../action.ts';
import { apiNamed, badRequest, describeStage } from './shapes.ts';

export const getStages = defineAction({
  name: 'GetStages',
  invalidInput: badRequest,
  input: z.strictObject({ restApiId: z.string() }),
  handle: ({ restApiId }, { state }) => ({
    item: [...apiNamed(state.restApis, restApiId).stages.values()].map(describeStage),
  }),
});
