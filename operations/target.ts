import { discoverSystems } from '../fleet/discovery.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import type { Connection } from './connection.ts';
import { UsageError } from './errors.ts';

/** A stage that answers, and what is known of it. */
export interface Target {
  stage: string;
  fleet: Fleet;
  configurationHash: string;
  connection: Connection;
  systems: SystemDocument[];
}

/**
 * Every system of the stage, or the named ones.
 * @throws UsageError naming what there is when one isn't there.
 */
export async function findSystems({ ssm }: Connection['clients'], stage: string, names: readonly string[]) {
  const systems = await discoverSystems(ssm, stage);
  const unknown = names.find((name) => !systems.some(({ system }) => system === name));
  if (unknown !== undefined) {
    const known = systems.map(({ system }) => system).join(', ');
    throw new UsageError(`no system "${unknown}" in stage "${stage}"; expected one of ${known}`);
  }
  return names.length === 0 ? systems : systems.filter(({ system }) => names.includes(system));
}
