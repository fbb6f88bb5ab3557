import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptedSystems, configOf, connectionLimitOf, ownSystems } from '../../fleet/fleet.ts';
import { startPostgres, type PostgresServer } from '../postgres/server.ts';
import { EndedSessions } from '../sampler/endedSessions.ts';
import type { StageBoot } from './stageBoot.ts';

/** Connections for administrators and the sampler, on top of those of the systems. */
const spareConnections = 20;

export interface Database {
  postgres: PostgresServer;
  endedSessions: EndedSessions;
}

/**
 * Starts the PostgreSQL server that stands for every system's cluster.
 * @throws PostgresStartError
 */
export async function startDatabase(boot: StageBoot): Promise<Database> {
  const { fleet, stage, config, directories, keep, undo } = boot;
  const dataDirectory = keep ? directories.keptData : directories.data;
  const endedSessions = new EndedSessions();
  const postgres = await startPostgres({
    dataDirectory,
    cacheDirectory: join(directories.postgresHome, 'cache'),
    maxConnections: [
      ...ownSystems(fleet).map(({ name }) => connectionLimitOf(configOf(config, name))),
      ...adoptedSystems(fleet, stage).map(({ adoption }) => adoption.database?.connectionLimit ?? 0),
    ].reduce((sum, limit) => sum + limit, spareConnections),
    fresh: !keep,
    onSessionEnd: endedSessions.add,
  });
  undo.push(async () => {
    await postgres.stop();
    if (!keep) await rm(dataDirectory, { recursive: true, force: true });
  });
  boot.reached(`PostgreSQL answers on port ${postgres.port}`);
  return { postgres, endedSessions };
}
