import type { SystemDocument } from '../fleet/systemDocument.ts';
import type { Drill } from './drills/drill.ts';
import { DrillRefusedError } from './errors.ts';
import type { DrillClients } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import { messagesPageName, pageName, seeAlarms } from './observers/alarms.ts';

export interface GuardedDrill {
  drill: Drill;
  identity: DrillIdentity;
  stage: string;
  systems: readonly SystemDocument[];
  clients: DrillClients;
  /** The stage's name once more, for production. */
  confirmProd?: string;
}

/**
 * Lets a drill begin, or not. It changes nothing.
 * @throws DrillRefusedError saying what stands in the way and what to do.
 */
export async function refuseUnlessSafe(options: GuardedDrill): Promise<void> {
  refuseProduction(options);
  if (options.systems.length === 0) {
    throw new DrillRefusedError('fault', `stage "${options.stage}": expected at least one system to drill`);
  }
  await refuseFiringAlarms(options);
  await refuseObstacles(options);
}

function refuseProduction({ stage, confirmProd }: GuardedDrill): void {
  if (stage !== 'prod' || confirmProd === stage) return;
  throw new DrillRefusedError(
    'prod',
    'a drill hurts users: for stage "prod" name it a second time as the confirmation, or drill "qa"',
  );
}

async function refuseFiringAlarms({ stage, systems, clients }: GuardedDrill): Promise<void> {
  const names = systems.map(({ system }) => system);
  const seen = await seeAlarms(clients.cloudWatch, stage, names);
  const firing = [...seen].filter(([, { state }]) => state === 'ALARM').map(([name]) => name);
  if (firing.length > 0) {
    throw new DrillRefusedError(
      'alarm',
      `already in ALARM: ${firing.join(', ')}; a system that is hurt is not hurt again: wait for OK`,
    );
  }
  const pages = names.flatMap((name) => [pageName(stage, name), messagesPageName(stage, name)]);
  const missing = pages.filter((page) => !seen.has(page));
  if (missing.length > 0) {
    throw new DrillRefusedError(
      'alarm',
      `no alarm ${missing.join(', ')}: nobody would be told; deploy the stage's alarms first`,
    );
  }
  const mute = pages.filter((page) => seen.get(page)?.tells === false);
  if (mute.length === 0) return;
  throw new DrillRefusedError(
    'alarm',
    `${mute.join(', ')} would tell nobody: enable its actions and give it the on-call topic first`,
  );
}

async function refuseObstacles({ drill, identity, systems, clients }: GuardedDrill): Promise<void> {
  const obstacles = await Promise.all(
    systems.flatMap((system) =>
      drill.faults.map((fault) => fault.obstacle(fault.plan(system, identity).arguments, clients)),
    ),
  );
  const found = obstacles.filter((obstacle) => obstacle !== null);
  if (found.length > 0) throw new DrillRefusedError('fault', found.join('; '));
}
