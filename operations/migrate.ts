import type { Clock } from '../core/clock.ts';
import { StageNotFoundError } from '../fleet/errors.ts';
import { migrate, removeSchema } from '../service/redshift/migrate.ts';
import type { Connection } from './connection.ts';
import { UsageError } from './errors.ts';
import { findSystems } from './target.ts';

export interface MigrateOptions {
  clients: Connection['clients'];
  stage: string;
  /** Names of systems; empty for all of the stage. */
  systems: readonly string[];
  clock: Clock;
}

/**
 * Brings the systems' databases to the current schema, users and grants, one after another.
 * @yields each system as it is done, with the migrations that it lacked
 */
export async function* migrateSystems({
  clients,
  stage,
  systems,
  clock,
  onProgress,
}: MigrateOptions & { onProgress: (line: string) => void }): AsyncGenerator<{
  system: string;
  applied: readonly string[];
}> {
  for (const { system, cluster } of await findSystems(clients, stage, systems)) {
    const { applied } = await migrate({
      ...clients,
      cluster,
      clock,
      onProgress: (line) => onProgress(`${system}: ${line}`),
    });
    yield { system, applied };
  }
}

/**
 * Drops the schemas of a stage that was made for one run, before the stage is removed.
 * @yields each system as it is done
 * @throws UsageError for one whose document names no schema of the run's own
 */
export async function* removeSchemas({
  clients,
  stage,
  systems: names,
  clock,
}: MigrateOptions): AsyncGenerator<{ system: string; schema: string }> {
  const systems = await findSystems(clients, stage, names).catch((error: unknown) => {
    // A deployment that failed early published nothing, and nothing was migrated.
    if (error instanceof StageNotFoundError) return [];
    throw error;
  });
  for (const { system, cluster } of systems) {
    const { schema } = cluster;
    if (schema === undefined) {
      throw new UsageError(`${system}: its document names no schema of the run's own; nothing was removed.`);
    }
    await removeSchema({ ...clients, cluster, clock }, schema);
    yield { system, schema };
  }
}
