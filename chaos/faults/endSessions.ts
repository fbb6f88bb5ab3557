import { z } from 'zod';
import { usersIn } from '../../fleet/names.ts';
import { limits } from '../../monitoring/limits.ts';
import type { DataApi } from '../../service/redshift/dataApi.ts';
import { detectDialect } from '../../service/redshift/dialect.ts';
import { listSessions, terminateSession } from '../../service/redshift/sessions.ts';
import { FaultNotAppliedError } from '../errors.ts';
import { sessionParts } from '../lacking.ts';
import type { Fault } from './fault.ts';

const sessionsSchema = z.strictObject({
  identifier: z.string(),
  database: z.string(),
  secretArn: z.string(),
  users: z.array(z.string()).min(1),
});

/** A change of a security group may take a moment to be obeyed: until then a session can come back. */
const emptyLooksNeeded = 2;
const lookEveryMs = 500;

/**
 * Ends the database sessions of the service's users until none is left, through the Data API, which
 * needs no way through the security groups. Heals by itself: the functions connect again when they can.
 */
export const endSessions: Fault = {
  name: 'end-sessions',
  cutsTraffic: true,
  needs: sessionParts,

  plan({ system, cluster }) {
    const { identifier, database, adminSecretArn } = cluster;
    const { api, subscriber } = usersIn({ system, cluster });
    const sessions: z.infer<typeof sessionsSchema> = {
      identifier,
      database,
      secretArn: adminSecretArn,
      users: [api, subscriber],
    };
    return { arguments: sessions, inverse: null };
  },

  obstacle: () => Promise.resolve(null),

  // The Data API's own are those of the looks at it; ending sessions is the database's to allow, and it is an administrator.
  permissions: () => Promise.resolve([]),

  async inject(planned, { clients, clock, signal }) {
    const { users, ...cluster } = sessionsSchema.parse(planned);
    const api: DataApi = { client: clients.dataApi, cluster, clock };
    const dialect = await detectDialect(api);
    const deadlineMs = clock.now() + limits.drill.endSessionsWithinMs;
    for (let emptyLooks = 0; ; await clock.sleep(lookEveryMs, signal)) {
      signal.throwIfAborted();
      const sessions = await listSessions(api, dialect, users);
      emptyLooks = sessions.length === 0 ? emptyLooks + 1 : 0;
      if (emptyLooks === emptyLooksNeeded) return;
      for (const { pid } of sessions) await terminateSession(api, pid);
      if (clock.now() < deadlineMs) continue;
      throw new FaultNotAppliedError(
        `cluster ${cluster.identifier} still has ${sessions.length} sessions of ${users.join(', ')} after ` +
          `${limits.drill.endSessionsWithinMs} ms: is the rule that was revoked the only way in?`,
      );
    }
  },

  restore: () => Promise.resolve(null),
};
