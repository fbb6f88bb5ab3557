import { z } from 'zod';
import { cfnNumber, defineResource, functionName, physicalId } from './define.ts';

/** How long a function's asynchronous invocations are tried; destinations are refused by name. */
export const eventInvokeConfig = defineResource(
  'AWS::Lambda::EventInvokeConfig',
  {
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST', { error: 'expected $LATEST: there is no other version here' }),
    MaximumRetryAttempts: cfnNumber.int().min(0).max(2).optional(),
    MaximumEventAgeInSeconds: cfnNumber.int().min(60).max(21_600).optional(),
  },
  ({ FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds }, { asyncInvocations }, scope) => {
    asyncInvocations.limit(functionName(FunctionName), {
      ...(MaximumRetryAttempts !== undefined && { retries: MaximumRetryAttempts }),
      ...(MaximumEventAgeInSeconds !== undefined && { maximumAgeMs: MaximumEventAgeInSeconds * 1_000 }),
    });
    return { ref: physicalId(scope, 32) };
  },
);
