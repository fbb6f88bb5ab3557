import { z } from 'zod';
import { defineAction } from '../action.ts';
import { badRequest, describeStage, stageInput, stageOf } from './shapes.ts';

export const getStage = defineAction({
  name: 'GetStage',
  input: z.strictObject(stageInput),
  invalidInput: badRequest,
  handle: (input, { state }) => describeStage(stageOf(state.restApis, input)),
});
