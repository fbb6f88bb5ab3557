import {
  GetFunctionConfigurationCommand,
  ResourceNotFoundException,
  UpdateFunctionConfigurationCommand,
  type FunctionConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { Clock } from '../core/clock.ts';
import { callLimit } from '../monitoring/callLimit.ts';
import { limits } from '../monitoring/limits.ts';
import { FaultNotAppliedError } from './errors.ts';

const lookEveryMs = 1_000;

/** What a function is, or the version of it that a qualifier names. */
export const configurationOf = (
  lambda: LambdaClient,
  FunctionName: string,
  Qualifier?: string,
): Promise<FunctionConfiguration> =>
  lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName, ...(Qualifier !== undefined && { Qualifier }) }),
    { abortSignal: callLimit() },
  );

/**
 * The configuration once no update of it is under way: only then its revision stays, and a version may be published.
 * @throws FaultNotAppliedError where the update failed, or lasts too long
 */
export async function settled(
  lambda: LambdaClient,
  functionName: string,
  clock: Clock,
  qualifier?: string,
): Promise<FunctionConfiguration> {
  const deadlineMs = clock.now() + limits.size.updateWithinMs;
  for (;;) {
    const now = await configurationOf(lambda, functionName, qualifier);
    const { State = 'Active', StateReason, LastUpdateStatus = 'Successful', LastUpdateStatusReason } = now;
    // A function that nobody called for weeks is Inactive: it can be updated, and the first call wakes it.
    if (State !== 'Pending' && State !== 'Failed' && LastUpdateStatus === 'Successful') return now;
    const why = LastUpdateStatusReason ?? StateReason ?? 'AWS gives no reason';
    if (State === 'Failed' || LastUpdateStatus === 'Failed' || clock.now() >= deadlineMs) {
      throw new FaultNotAppliedError(`${functionName} is ${State}, its update ${LastUpdateStatus}: ${why}`);
    }
    await clock.sleep(lookEveryMs);
  }
}

/** Changes the unpublished function, unless somebody else has since it was seen so. */
export const update = (
  lambda: LambdaClient,
  { FunctionName, RevisionId }: FunctionConfiguration,
  to: { MemorySize: number; Description: string },
): Promise<unknown> =>
  lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId, ...to }), {
    abortSignal: callLimit(),
  });

export async function exists(lambda: LambdaClient, functionName: string): Promise<boolean> {
  try {
    await configurationOf(lambda, functionName);
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** What the unpublished function has now. */
export async function readUnpublished(
  lambda: LambdaClient,
  functionName: string,
): Promise<{
  memoryMiB: number;
  description: string;
  architecture: 'arm64' | 'x86_64';
  timeoutMs: number;
}> {
  const {
    MemorySize = 128,
    Description = '',
    Architectures = ['x86_64'],
    Timeout = 3,
  } = await configurationOf(lambda, functionName);
  return {
    memoryMiB: MemorySize,
    description: Description,
    architecture: Architectures[0] === 'arm64' ? 'arm64' : 'x86_64',
    timeoutMs: Timeout * 1_000,
  };
}
