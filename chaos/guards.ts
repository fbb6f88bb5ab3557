import { lackedForAlarm, planOf } from './lacking.ts';
import type { Clock } from '../core/clock.ts';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { Drill } from './drills/drill.ts';
import { DrillRefusedError } from './errors.ts';
import type { DrillClients } from './faults/fault.ts';
import type { DrillIdentity } from './identity.ts';
import type { DrillScope } from '../records/drillScope.ts';
import { messagesPageName, pageName, seeAlarms } from './observers/alarms.ts';

export interface GuardedDrill {
  drill: Drill;
  identity: DrillIdentity;
  stage: string;
  systems: readonly PublishedDocument[];
  scope: DrillScope;
  clients: DrillClients;
  production: boolean;
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
  const [refusal] = await refusalsOf(options);
  if (refusal) throw refusal;
}

/** All that stands in the way of a drill as its stage is now, the weightiest first. It changes nothing. */
export const refusalsOf = async (options: Look): Promise<DrillRefusedError[]> =>
  [await alarmRefusal(options), await obstacleRefusal(options)].filter((refusal) => refusal !== null);

function refuseProduction({ stage, production, confirmProd }: GuardedDrill): void {
  if (!production || confirmProd === stage) return;
  throw new DrillRefusedError(
    'prod',
    `a drill affects users: to confirm it for stage "${stage}" name the stage again with --confirm-prod, or drill another one`,
  );
}

/** How often whoever waits looks. */
const lookEveryMs = 2_000;

/**
 * Waits until none of the drilled systems' alarms and the fleet's fires, and says for which it waits whenever that changes.
 * @throws DrillRefusedError when one still does after `withinMs`; the signal's reason when it aborts
 */
export async function waitForQuiet(
  { stage, systems, scope, clients }: Pick<GuardedDrill, 'stage' | 'systems' | 'scope' | 'clients'>,
  {
    withinMs,
    clock,
    signal,
    onProgress,
  }: { withinMs: number; clock: Clock; signal: AbortSignal; onProgress: (line: string) => void },
): Promise<void> {
  const names = systems.map(({ system }) => system);
  const deadlineMs = clock.now() + withinMs;
  for (let told = ''; ; await clock.sleep(lookEveryMs, signal)) {
    const firing = firingOf(await seeAlarms(clients.cloudWatch, stage, names, scope, signal)).join(', ');
    if (firing === '') return;
    if (clock.now() >= deadlineMs) {
      throw new DrillRefusedError('alarm', `still in ALARM after ${withinMs / 1_000} s: ${firing}`);
    }
    if (firing !== told) onProgress(`waiting for OK: ${firing}`);
    told = firing;
  }
}

const firingOf = (seen: Awaited<ReturnType<typeof seeAlarms>>): string[] =>
  [...seen].filter(([, { state }]) => state === 'ALARM').map(([name]) => name);

type Look = Omit<GuardedDrill, 'production' | 'confirmProd'>;

async function alarmRefusal({ stage, systems, scope, clients }: Look): Promise<DrillRefusedError | null> {
  const names = systems.map(({ system }) => system);
  const seen = await seeAlarms(clients.cloudWatch, stage, names, scope);
  const firing = firingOf(seen);
  if (firing.length > 0) {
    return new DrillRefusedError(
      'alarm',
      `already in ALARM: ${firing.join(', ')}; a system in trouble is not drilled: wait for OK, or let --wait do it`,
    );
  }
  const pageless = systems.flatMap((document) => {
    const lacks = lackedForAlarm('page', document);
    return lacks === '' ? [] : [`${document.system} has no page, since it lacks ${lacks}`];
  });
  if (pageless.length > 0) {
    return new DrillRefusedError('alarm', `${pageless.join('; ')}: nobody would be told of its outage`);
  }
  const pages = systems.flatMap((document) => pagesOf(stage, document));
  const missing = pages.filter((page) => !seen.has(page));
  if (missing.length > 0) {
    return new DrillRefusedError(
      'alarm',
      `no alarm ${missing.join(', ')}: nobody would be notified; deploy the stage's alarms first`,
    );
  }
  const mute = pages.filter((page) => seen.get(page)?.tells === false);
  if (mute.length === 0) return null;
  return new DrillRefusedError(
    'alarm',
    `${mute.join(', ')} would notify nobody: enable its actions and give it the on-call topic first`,
  );
}

async function obstacleRefusal({
  drill,
  identity,
  systems,
  clients,
}: Look): Promise<DrillRefusedError | null> {
  const obstacles = await Promise.all(
    systems.flatMap((system) =>
      drill.faults.map((fault) => fault.obstacle(planOf(fault, system, identity).arguments, clients)),
    ),
  );
  const found = obstacles.filter((obstacle) => obstacle !== null);
  return found.length > 0 ? new DrillRefusedError('fault', found.join('; ')) : null;
}

/** The pages that must be there for a drill: the one of a system's users, and its messages' where it has any. */
const pagesOf = (stage: string, document: PublishedDocument): string[] => [
  pageName(stage, document.system),
  ...(lackedForAlarm('pageMessages', document) === '' ? [messagesPageName(stage, document.system)] : []),
];
