import { seenFor } from '../lacking.ts';
import type { Observer, LookContext } from './observer.ts';
import { queuedMessages } from '../../loadtests/messages/queuedMessages.ts';

/** How many messages the dead-letter queues hold, whoever's they are. */
export const observeDeadLetters =
  ({ observations, clients, clock }: LookContext): Observer =>
  async (signal) => {
    await Promise.all(
      seenFor('deadLetters', observations).map(async ({ document, deadLetters }) => {
        const value = await queuedMessages(clients.sqs, document.queues.deadLetter.url, signal);
        deadLetters.push({ atMs: clock.now(), value });
      }),
    );
  };
