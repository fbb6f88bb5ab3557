import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock, systemRandom } from '../../../core/clock.ts';
import { readSubscriberEnv } from '../../../service/env.ts';
import { createDeadLetters } from '../../../service/handlers/deadLetters.ts';
import { createEnvironment, sdkBounds } from '../../../service/handlers/environment.ts';
import type { MessageKind } from '../../../service/handlers/messageKind.ts';
import { createSubscriberHandler } from '../../../service/handlers/subscriberHandler.ts';
import { parseOrderMessage, type OrderMessage } from '../domain/order.ts';
import { storeOrders } from '../storeOrders.ts';

const env = readSubscriberEnv();
const orders: MessageKind<OrderMessage> = { parse: parseOrderMessage, apply: storeOrders };

/** Lambda entry of the subscriber's function. */
export const handler = createSubscriberHandler({
  ...createEnvironment(env, 'subscriber', { statementMs: 10_000 }),
  kind: orders,
  deadLetters: createDeadLetters(new SQSClient(sdkBounds), env.deadLetterQueueUrl),
  clock: systemClock,
  random: systemRandom,
});
