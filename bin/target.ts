import { stageOf } from '../fleet/fleet.ts';
import type { SystemDocumentError } from '../fleet/errors.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import { connect } from '../operations/connection.ts';
import { findPublished, findSystems, type Target } from '../operations/target.ts';
import { readFleet } from './context.ts';
import { stateDirectory } from './directories.ts';

/**
 * The stage that a command names, as its configuration has it, and the way to it.
 * @throws FleetConfigError StageNotFoundError
 * @throws LocalStageError when it is "local" and isn't running
 */
export async function reachStage(options: {
  config: string;
  stage: string;
}): Promise<Omit<Target, 'systems'>> {
  const { config, stage } = options;
  const { fleet, configurationHash } = await readFleet(config);
  stageOf(fleet, stage);
  const connection = await connect({ stage, region: fleet.region, stateDirectory });
  return { stage, fleet, configurationHash, connection };
}

interface NamedSystems {
  config: string;
  stage: string;
  system: readonly string[];
  /** Told documents that cannot be read, by a command that goes on without. */
  onUnreadable?: (error: SystemDocumentError) => void;
}

/**
 * The same with the systems that the command names, or all of the stage, each with everything that ours have.
 * @throws UsageError naming the systems there are when one isn't there
 * @throws SystemDocumentError for one that cannot be read, or lacks something
 */
export async function reachSystems(options: NamedSystems): Promise<Target> {
  const reached = await reachStage(options);
  const { stage, system, onUnreadable } = options;
  const systems = await findSystems(reached.connection.clients, stage, system, onUnreadable);
  return { ...reached, systems };
}

/** The same, whatever they lack. */
export async function reachPublished(options: NamedSystems): Promise<Target<PublishedDocument>> {
  const reached = await reachStage(options);
  const { stage, system, onUnreadable } = options;
  const systems = await findPublished(reached.connection.clients, stage, system, onUnreadable);
  return { ...reached, systems };
}
