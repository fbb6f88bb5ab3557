import { seenFor } from '../lacking.ts';
import { usersIn } from '../../fleet/names.ts';
import { detectDialect, type Dialect } from '../../service/redshift/dialect.ts';
import { listSessions } from '../../service/redshift/sessions.ts';
import { adminDataApi } from './dataApi.ts';
import type { Observer, LookContext } from './observer.ts';

/** Counts the connections that the service's users hold. */
export function observeSessions({ observations, clients, clock }: LookContext): Observer {
  const dialects = new Map<string, Dialect>();
  return async (signal) => {
    await Promise.all(
      seenFor('sessions', observations).map(async ({ document, sessions }) => {
        signal.throwIfAborted();
        const api = adminDataApi(document, clients.dataApi, clock);
        const dialect = dialects.get(document.system) ?? (await detectDialect(api));
        dialects.set(document.system, dialect);
        const users = usersIn(document);
        const found = await listSessions(api, dialect, [users.api, users.subscriber]);
        sessions.push({ atMs: clock.now(), value: found.length });
      }),
    );
  };
}
