import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock, systemRandom } from '../../core/clock.ts';
import { readSubscriberEnv } from '../env.ts';
import { clientMessages } from './clientMessages.ts';
import { createDeadLetters } from './deadLetters.ts';
import { createEnvironment, sdkBounds } from './environment.ts';
import { createSubscriberHandler } from './subscriberHandler.ts';

/** Waiting for another batch's lock counts. */
const statementMs = 10_000;

const env = readSubscriberEnv();

/** Lambda entry of the subscriber's function: SQS events, answered with the messages to try again. */
export const handler = createSubscriberHandler({
  kind: clientMessages,
  ...createEnvironment(env, 'subscriber', { statementMs }),
  deadLetters: createDeadLetters(new SQSClient(sdkBounds), env.deadLetterQueueUrl),
  clock: systemClock,
  random: systemRandom,
});
