import { z } from 'zod';
import { defineAction } from '../action.ts';
import { apiNamed, badRequest, describeApi } from './shapes.ts';

export const getRestApi = defineAction({
  name: 'GetRestApi',
  invalidInput: badRequest,
  input: z.strictObject({ restApiId: z.string() }),
  handle: ({ restApiId }, { state }) => describeApi(apiNamed(state.restApis, restApiId)),
});
