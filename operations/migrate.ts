import type { Clock } from '../core/clock.ts';
import { StageNotFoundError } from '../fleet/errors.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { schemaOf } from '../fleet/service.ts';
import { migrate, removeSchema } from '../service/redshift/migrate.ts';
import type { Connection } from './connection.ts';
import { eachSystem } from './eachSystem.ts';
import { UsageError } from './errors.ts';
import { findSystems } from './target.ts';

export interface MigrateOptions {
  fleet: Fleet;
  clients: Connection['clients'];
  stage: string;
  /** Names of systems; empty for all of the stage. */
  systems: readonly string[];
  clock: Clock;
}

/**
 * Brings the systems' databases to the current schema, users and grants. One that fails stops no other.
 * @param onDone told each system as it is done, with the migrations that it lacked
 * @throws SystemsFailedError naming those that failed
 */
export async function migrateSystems({
  fleet,
  clients,
  stage,
  systems,
  clock,
  onProgress,
  onDone,
}: MigrateOptions & {
  onProgress: (line: string) => void;
  onDone: (system: string, applied: readonly string[]) => void;
}): Promise<void> {
  await eachSystem(await findSystems(clients, stage, systems), async ({ system, cluster }) => {
    const { applied } = await migrate({
      ...schemaOf(fleet.service),
      ...clients,
      cluster,
      clock,
      onProgress: (line) => onProgress(`${system}: ${line}`),
    });
    onDone(system, applied);
  });
}

/**
 * Drops the schemas of a stage that was made for one run, before the stage is removed. One that fails stops no other.
 * @param onDone told each system as it is done
 * @returns how many systems the stage has
 * @throws UsageError for one whose document names no schema of the run's own: then nothing is removed
 * @throws SystemsFailedError naming those that failed
 */
export async function removeSchemas({
  clients,
  stage,
  systems: names,
  clock,
  onDone,
}: MigrateOptions & { onDone: (system: string, schema: string) => void }): Promise<number> {
  const systems = await findSystems(clients, stage, names).catch((error: unknown) => {
    // A deployment that failed early published nothing, and nothing was migrated.
    if (error instanceof StageNotFoundError) return [];
    throw error;
  });
  const owned = systems.map(({ system, cluster }) => {
    const { schema } = cluster;
    if (schema !== undefined) return { system, cluster, schema };
    throw new UsageError(
      `${system}: its document names no schema of its own for the run; nothing was removed.`,
    );
  });
  await eachSystem(owned, async ({ system, cluster, schema }) => {
    await removeSchema({ ...clients, cluster, clock }, schema);
    onDone(system, schema);
  });
  return systems.length;
}
