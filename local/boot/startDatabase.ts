import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionLimitOf } from '../../fleet/fleet.ts';
import { startPostgres, type PostgresServer } from '../postgres/server.ts';
import type { StageBoot } from './stageBoot.ts';

/** Connections for administrators and the sampler, on top of those of the systems. */
const spareConnections = 20;

/**
 * Starts the PostgreSQL server that stands for every system's cluster.
 * @throws PostgresStartError
 */
export async function startDatabase(boot: StageBoot): Promise<PostgresServer> {
  const { fleet, config, data, keep, undo } = boot;
  const dataDirectory = keep ? data.keptData : data.data;
  const server = await startPostgres({
    dataDirectory,
    cacheDirectory: join(data.postgresHome, 'cache'),
    maxConnections: connectionLimitOf(config) * fleet.systems.length + spareConnections,
    fresh: !keep,
  });
  undo.push(async () => {
    await server.stop();
    if (!keep) await rm(dataDirectory, { recursive: true, force: true });
  });
  boot.reached(`PostgreSQL answers on port ${server.port}`);
  return server;
}
