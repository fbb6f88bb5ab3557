import { z } from 'zod';
import type { InvocationOutcome } from '../../functions/runtime.ts';
import { defineAction } from '../action.ts';
import { AwsError } from '../errors.ts';
import type { WireDocument } from '../wire.ts';
import { invalidLambdaInput } from './shapes.ts';

/** What Lambda gives of an invocation's log. */
const logTailBytes = 4 * 1_024;

export const invoke = defineAction({
  name: 'Invoke',
  invalidInput: invalidLambdaInput,
  input: z.strictObject({
    FunctionName: z.string(),
    Qualifier: z.string().optional(),
    InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
    LogType: z.enum(['None', 'Tail']).default('None'),
    Payload: z.instanceof(Buffer),
  }),
  handle: async (input, { state, clock }): Promise<WireDocument> => {
    const { functions, logGroups } = state;
    const configuration = functions.get(input.FunctionName, input.Qualifier);
    const event = eventOf(input.Payload);
    switch (input.InvocationType) {
      case 'DryRun':
        return { StatusCode: 204 };
      case 'Event':
        functions.send(configuration.name, event);
        return { StatusCode: 202 };
      case 'RequestResponse': {
        const startMs = clock.now();
        const answer = answerTo(await functions.run(configuration, event));
        if (input.LogType === 'None') return answer;
        const lines = await logGroups.read(configuration.logGroupName, { startMs, endMs: clock.now() + 1 });
        const text = Buffer.from(lines.map(({ message }) => `${message}\n`).join(''));
        return { ...answer, LogResult: text.subarray(-logTailBytes).toString('base64') };
      }
    }
  },
});

/** @throws AwsError `InvalidRequestContentException` */
function eventOf(payload: Buffer): unknown {
  if (payload.length === 0) return {};
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${String(error)}`,
    );
  }
}

/** @throws AwsError for an invocation that never began */
function answerTo(outcome: InvocationOutcome): WireDocument {
  const answered = { StatusCode: 200, ExecutedVersion: '$LATEST' };
  if (outcome.ok) return { ...answered, Payload: JSON.stringify(outcome.payload ?? null) };
  const { kind, error } = outcome;
  if (kind === 'throttled')
    throw new AwsError('TooManyRequestsException', error.errorMessage, { statusCode: 429 });
  if (kind === 'stopped') throw new AwsError('ServiceException', error.errorMessage, { statusCode: 500 });
  return { ...answered, FunctionError: 'Unhandled', Payload: JSON.stringify(error) };
}
