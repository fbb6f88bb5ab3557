import { limits } from '../../monitoring/limits.ts';
import { runSql } from '../../service/redshift/dataApi.ts';
import type { SystemEvidence } from '../evidence.ts';
import { reconcile } from '../reconcile.ts';
import { adminDataApi } from './dataApi.ts';
import { deadLetterIds } from './deadLetters.ts';
import type { Observer, ObserverContext } from './observer.ts';

const storedSql = `
  SELECT id, COUNT(*) AS copies
  FROM clientes
  WHERE id >= CAST(:first AS BIGINT) AND id < CAST(:end AS BIGINT)
  GROUP BY id`;

/** Every so many looks a system is reconciled although its queue is not empty, to show how far it is. */
const looksBetween = 5;

/** Compares what was published with what is stored and dead-lettered, once a system's queue is empty. */
export function observeMessages({ evidence, clients, clock, publisher, firstId }: ObserverContext): Observer {
  let looks = 0;
  /** Systems of which nothing is under way any more, and nothing is missing. */
  const settled = new Set<SystemEvidence>();
  return async (signal) => {
    looks += 1;
    await Promise.all(
      evidence.map(async (system) => {
        signal.throwIfAborted();
        const drained = system.queued.at(-1)?.value === 0;
        if (settled.has(system) || (!drained && looks % looksBetween !== 0)) return;
        const published = publisher.acknowledged(system.document.system);
        const value = reconcile(published, await storedIds(system), await deadIds(system, signal));
        system.reconciliations.push({ atMs: clock.now(), value });
        // Before the queue is empty a message that is delivered again may still be stored twice.
        if (drained && value.lost === 0) settled.add(system);
      }),
    );
  };

  async function storedIds({ document }: SystemEvidence): Promise<Map<number, number>> {
    const rows = await runSql(adminDataApi(document, clients.dataApi, clock), storedSql, {
      first: firstId,
      end: firstId + limits.drill.messageIds.blockSize,
    });
    return new Map(rows.map((row) => [Number(row['id']), Number(row['copies'])]));
  }

  async function deadIds({ document }: SystemEvidence, signal: AbortSignal): Promise<Set<number>> {
    const { deadLetter, undelivered } = document.queues;
    const gaveUp = await deadLetterIds(clients.sqs, deadLetter.url, signal);
    const unsent = await deadLetterIds(clients.sqs, undelivered.url, signal);
    return new Set([...gaveUp, ...unsent]);
  }
}
