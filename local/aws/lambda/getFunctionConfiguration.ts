import { z } from 'zod';
import { defineAction } from '../action.ts';
import { configurationShape, invalidLambdaInput } from './shapes.ts';

export const getFunctionConfiguration = defineAction({
  name: 'GetFunctionConfiguration',
  invalidInput: invalidLambdaInput,
  input: z.strictObject({ FunctionName: z.string(), Qualifier: z.string().optional() }),
  handle: ({ FunctionName, Qualifier }, { state }) =>
    configurationShape(state.functions.get(FunctionName, Qualifier)),
});
