import { seenFor, type SeenFor } from '../lacking.ts';
import { readDeadLetters } from '../../loadtests/messages/deadLetterQueue.ts';
import { noPoison, type PoisonSeen, type Observations } from '../observations.ts';
import { poisonReasons } from '../poison.ts';
import type { Observer, ObserverContext } from './observer.ts';
import { storedOfDrill } from './storedOfDrill.ts';

/**
 * Follows the poison to the dead-letter queue, and the good messages that had been published by the first
 * look to the table. A queue is read only until all poison was seen in it: reading hides its messages for a
 * moment, and the alarm must see them.
 */
export function observePoison(context: ObserverContext): Observer {
  const { observations, clients, clock, publisher } = context;
  const reasons = poisonReasons(context);
  const companions = new Map<Observations, number[]>();
  return async (signal) => {
    await Promise.all(
      seenFor('poison', observations).map(async (system) => {
        const name = system.document.system;
        const published = publisher.slippedIn(name).filter((body) => reasons.has(body));
        const together = companions.get(system) ?? [...publisher.acknowledged(name)];
        companions.set(system, together);
        const before = system.poison.at(-1)?.value ?? noPoison;
        const letters = hasArrived(before, published.length) ? before : await lettersOf(system, signal);
        const companionsLeft = await leftOf(system, together, signal);
        const value = { ...letters, published: published.length, companionsLeft };
        system.poison.push({ atMs: clock.now(), value });
      }),
    );
  };

  async function lettersOf({ document }: SeenFor<'poison'>, signal: AbortSignal) {
    const { url } = document.queues.deadLetter;
    const own = (await readDeadLetters(clients.sqs, url, { signal })).filter(({ Body = '' }) =>
      reasons.has(Body),
    );
    const explained = own.filter(
      ({ Body = '', MessageAttributes }) => MessageAttributes?.['reason']?.StringValue === reasons.get(Body),
    );
    const distinct = (messages: typeof own): number => new Set(messages.map(({ Body }) => Body)).size;
    return { deadLettered: distinct(own), explained: distinct(explained) };
  }

  async function leftOf(system: SeenFor<'poison'>, together: readonly number[], signal: AbortSignal) {
    signal.throwIfAborted();
    const stored = await storedOfDrill(system, context);
    return together.filter((id) => !stored.has(id)).length;
  }
}

const hasArrived = ({ explained }: PoisonSeen, published: number): boolean =>
  published > 0 && explained === published;

/** How much of the poison lies in the dead-letter queues: after the restore, what was given up once more. */
export function observePoisonLeft(context: ObserverContext): Observer {
  const { observations, clients, clock } = context;
  const reasons = poisonReasons(context);
  return async (signal) => {
    await Promise.all(
      seenFor('poisonLeft', observations).map(async ({ document, poisonLeft }) => {
        const letters = await readDeadLetters(clients.sqs, document.queues.deadLetter.url, { signal });
        const value = letters.filter(({ Body = '' }) => reasons.has(Body)).length;
        poisonLeft.push({ atMs: clock.now(), value });
      }),
    );
  };
}
