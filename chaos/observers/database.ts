import { seenFor, type SeenFor } from '../lacking.ts';
import { paginateDescribeClusters, type RedshiftClient } from '@aws-sdk/client-redshift';
import { usersIn } from '../../fleet/names.ts';
import { limits } from '../../monitoring/limits.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { listOpenings } from '../../service/redshift/openings.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { adminDataApi } from './dataApi.ts';
import type { Observer, LookContext } from './observer.ts';

/**
 * Whether each system's database is there, and which connections were opened since it was first looked at. A database is
 * there when AWS says so and it answers whoever may ask it: a status may run ahead of what it stands for.
 */
export function observeDatabase({ observations, clients, clock }: LookContext): Observer {
  const startMs = clock.now();
  const dialects = new Map<string, Dialect>();
  return async (signal) => {
    const available = await availableClusters(clients.redshift, signal);
    await Promise.all(
      seenFor('database', observations).map(async (system) => {
        signal.throwIfAborted();
        const [asked] = seenFor('sessions', [system]);
        const there =
          available.has(system.document.cluster.identifier) &&
          (asked === undefined || (await answers(asked)));
        system.database.push({ atMs: clock.now(), value: there ? 'answers' : 'away' });
      }),
    );
  };

  async function answers({ document, database, openings }: SeenFor<'sessions'>): Promise<boolean> {
    const timeoutMs = limits.drill.callTimeoutMs;
    const api = { ...adminDataApi(document, clients.dataApi, clock), timeoutMs };
    const { api: reader, subscriber } = usersIn(document);
    // Of the step before, too: none that was opened between two steps is missed.
    const sinceMs = database[0]?.atMs ?? startMs;
    try {
      const dialect = dialects.get(document.system) ?? (await detectDialect(api));
      dialects.set(document.system, dialect);
      const known = new Set(openings.map(({ atMs, value: pid }) => `${atMs} ${pid}`));
      const users = [reader, subscriber];
      for (const { atMs, pid } of await listOpenings(api, dialect, { users, sinceMs })) {
        if (!known.has(`${atMs} ${pid}`)) openings.push({ atMs, value: pid });
      }
      return true;
    } catch {
      // Whatever it says, it is no answer.
      return false;
    }
  }
}

/** One call for a hundred clusters, whoever's. */
async function availableClusters(client: RedshiftClient, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const available = new Set<string>();
  for await (const { Clusters = [] } of paginateDescribeClusters(
    { client },
    {},
    { abortSignal: callLimit(signal) },
  )) {
    for (const { ClusterIdentifier, ClusterStatus } of Clusters) {
      if (ClusterIdentifier !== undefined && ClusterStatus === 'available') available.add(ClusterIdentifier);
    }
  }
  return available;
}
