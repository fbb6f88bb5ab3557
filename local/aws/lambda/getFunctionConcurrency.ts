import { z } from 'zod';
import { defineAction } from '../action.ts';
import { invalidLambdaInput } from './shapes.ts';

export const getFunctionConcurrency = defineAction({
  name: 'GetFunctionConcurrency',
  invalidInput: invalidLambdaInput,
  input: z.strictObject({ FunctionName: z.string() }),
  handle: ({ FunctionName }, { state }) => ({
    ReservedConcurrentExecutions: state.functions.get(FunctionName).reservedConcurrency,
  }),
});
