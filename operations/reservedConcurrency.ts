import { GetFunctionConcurrencyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { callLimit } from '../monitoring/callLimit.ts';

/** The concurrency that is reserved for a function, which its versions share; undefined where none is. */
export async function reservedConcurrencyOf(
  lambda: LambdaClient,
  FunctionName: string,
): Promise<number | undefined> {
  const { ReservedConcurrentExecutions } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName }),
    { abortSignal: callLimit() },
  );
  return ReservedConcurrentExecutions;
}
