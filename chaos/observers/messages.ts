import { seenFor } from '../lacking.ts';
import type { Observations } from '../observations.ts';
import { deadLetterIds } from '../../loadtests/messages/deadLetterIds.ts';
import { reconcile } from '../../loadtests/messages/reconcile.ts';
import type { Observer, ObserverContext } from './observer.ts';
import { storedOfDrill } from './storedOfDrill.ts';

/** Every so many looks a system is reconciled although its queue is not empty, to show how far it is. */
const looksBetween = 5;

/** Compares what was published with what is stored and dead-lettered, once a system's queue is empty. */
export function observeMessages(context: ObserverContext): Observer {
  const { observations, clients, clock, publisher, service } = context;
  let looks = 0;
  /** Systems of which nothing is under way any more, and nothing is missing. */
  const settled = new Set<Observations>();
  return async (signal) => {
    looks += 1;
    await Promise.all(
      seenFor('messages', observations).map(async (system) => {
        signal.throwIfAborted();
        // Without a queue nobody sees what waits.
        const drained = !system.document.queues?.subscriber || system.queued.at(-1)?.value === 0;
        if (settled.has(system) || (!drained && looks % looksBetween !== 0)) return;
        const published = publisher.acknowledged(system.document.system);
        const stored = await storedOfDrill(system, context);
        const dead = await deadLetterIds(clients.sqs, system.document, service.load, signal);
        const value = reconcile(published, stored, dead);
        system.reconciliations.push({ atMs: clock.now(), value });
        // Before the queue is empty a message that is delivered again may still be stored twice.
        if (drained && value.lost === 0) settled.add(system);
      }),
    );
  };
}
