import { seenFor, type SeenFor } from '../lacking.ts';
import { usersIn } from '../../fleet/names.ts';
import { engineOf } from '../../fleet/systemDocument.ts';
import { limits } from '../../monitoring/limits.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { listOpenings } from '../../service/redshift/openings.ts';
import { managedDatabases } from '../databases/index.ts';
import { available, type DatabaseClients } from '../databases/managedDatabase.ts';
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
    const seen = seenFor('database', observations);
    const statusOf = await statusesOf(seen, clients, signal);
    await Promise.all(
      seen.map(async (system) => {
        signal.throwIfAborted();
        const [asked] = seenFor('sessions', [system]);
        const there =
          statusOf(system.document) === available && (asked === undefined || (await answers(asked)));
        system.database.push({ atMs: clock.now(), value: there ? 'answers' : 'away' });
      }),
    );
  };

  async function answers({ document, database, openings }: SeenFor<'sessions'>): Promise<boolean> {
    const timeoutMs = limits.drill.callTimeoutMs;
    const api = { ...adminDataApi(document, clients.dataApi, clock), timeoutMs };
    const { api: reader, subscriber } = usersIn(document);
    // Of the step before, too: none that was opened between two steps is missed, nor during the first look of all.
    const sinceMs = Math.min(startMs, database[0]?.atMs ?? startMs);
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

/** Statuses of all databases of the kinds that are asked about, by kind. */
async function statusesOf(
  systems: readonly SeenFor<'database'>[],
  clients: DatabaseClients,
  signal: AbortSignal,
): Promise<(document: SeenFor<'database'>['document']) => string | undefined> {
  const engines = new Set(systems.map(({ document }) => engineOf(document)));
  const found = await Promise.all(
    [...engines].map(
      async (engine) => [engine, await managedDatabases[engine].statuses(clients, signal)] as const,
    ),
  );
  const byEngine = new Map(found);
  return (document) => byEngine.get(engineOf(document))?.get(document.cluster.identifier);
}
