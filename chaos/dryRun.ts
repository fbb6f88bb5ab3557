import { observableParts, planOf, unaskedOf, type Unasked } from './lacking.ts';
import { describeError } from '../core/describeError.ts';
import { settleAtMost } from '../core/settleAtMost.ts';
import { loadService } from '../fleet/service.ts';
import { fieldsMissing, type PublishedDocument } from '../fleet/systemDocument.ts';
import type { Health } from '../monitoring/canary/checkHealth.ts';
import { limits } from '../monitoring/limits.ts';
import type { DrillOptions } from './drillOptions.ts';
import { refusalsOf } from './guards.ts';
import type { DrillIdentity } from './identity.ts';
import { noObservations, type Observations } from './observations.ts';
import { lookOf } from './observers/index.ts';
import type { Observable } from './observers/observer.ts';
import { longestVisibilityMs } from './observers/queues.ts';
import { notAsked, type Permission } from './permissions.ts';
import type { DrillScope } from '../records/drillScope.ts';
import type { ScheduledCall } from './safetyNet.ts';
import { stepsOf } from './stepsOf.ts';

export interface DryRunOptions extends Pick<
  DrillOptions,
  | 'drill'
  | 'stage'
  | 'place'
  | 'service'
  | 'systems'
  | 'scope'
  | 'clients'
  | 'periodSeconds'
  | 'clock'
  | 'firstId'
  | 'signal'
> {
  /** One request to the system's healthcheck, which answers well only where its database does; null where it has none. */
  checkHealth: (system: PublishedDocument) => Promise<Health | null>;
}

/** One look at one system. */
interface Look {
  system: string;
  what: 'healthcheck' | Observable;
  /** `problem`: the drill could not go on with this. */
  answer: 'fine' | 'problem' | 'not looked at';
  /** What was seen, or why not, in a few words. */
  said: string;
}

/** A fault as it would be put in place. */
interface PlannedFault {
  system: string;
  fault: string;
  arguments: unknown;
  /** Null: it heals by itself. */
  inverse: unknown;
  /** What a schedule would call, should the drill not get to undo it. */
  schedule: ScheduledCall | null;
}

/** What a drill would do to a stage as it is now, and what would keep it from it. */
export interface DryRun {
  drill: string;
  stage: string;
  place: 'local' | 'aws';
  systems: string[];
  scope: DrillScope;
  /** Nothing known stands in the way. What could not be asked may still. */
  ready: boolean;
  /** Why it would be refused. */
  refusals: string[];
  looks: Look[];
  /** Questions that it would not put to a system. */
  unasked: Unasked[];
  faults: PlannedFault[];
  permissions: (Permission & { system: string })[];
  /** Longest stay in each watched step, seconds. */
  steps: { step: string; atMostSeconds: number }[];
}

/**
 * All that a drill does before it touches anything, and every look that it takes later, each once. Nothing is written,
 * published or received, no load is sent, and no journal is begun: AWS and the database are asked by calls that read.
 */
export async function dryRun(options: DryRunOptions): Promise<DryRun> {
  const { drill, stage, place, systems, firstId, signal } = options;
  const identity: DrillIdentity = {
    drillId: `${drill.name}-dry-run`,
    firstId,
    service: await loadService(options.service),
  };
  // Null where a queue cannot be asked: the look at it says why.
  const visibilityMs = await longestVisibilityMs(options.clients.sqs, systems).catch(() => null);
  const steps = stepsOf(options, identity, visibilityMs ?? 0);
  const observables = new Set(Object.values(steps).flatMap(({ observe }) => observe));
  const refusals = await refusalsOf({ ...options, identity }).then(
    (found) => found.map(({ message }) => message),
    (error: unknown) => [describeError(error)],
  );
  const ofSystem = async (system: PublishedDocument) => ({
    looks: await looksAt(system, observables, options),
    permissions: await permissionsOf(system, identity, options),
  });
  const found = (await settleAtMost(systems, limits.systemsAtOnce, ofSystem, signal)).map((one) => {
    if (one.state === 'failed') throw one.error;
    return one.result;
  });
  const looks = found.flatMap((one) => one.looks);
  const permissions = found.flatMap((one) => one.permissions);
  return {
    drill: drill.name,
    stage,
    place,
    systems: systems.map(({ system }) => system),
    scope: options.scope,
    ready:
      refusals.length === 0 &&
      looks.every(({ answer }) => answer !== 'problem') &&
      permissions.every(({ answer }) => answer !== 'refused'),
    refusals,
    looks,
    unasked: unaskedOf(steps, systems),
    faults: systems.flatMap((system) => plannedFaults(system, identity, options)),
    permissions,
    steps:
      visibilityMs === null
        ? []
        : Object.entries(steps).map(([step, { maximumMs }]) => ({
            step,
            atMostSeconds: Math.ceil(maximumMs / 1_000),
          })),
  };
}

async function looksAt(
  document: PublishedDocument,
  observables: ReadonlySet<Observable>,
  options: DryRunOptions,
): Promise<Look[]> {
  const { stage, scope, clients, clock, signal } = options;
  const { system } = document;
  const health = await options.checkHealth(document);
  const looks: Look[] = [
    health === null
      ? { system, what: 'healthcheck', answer: 'not looked at', said: 'adopt.healthcheckUrl is missing' }
      : health.healthy
        ? { system, what: 'healthcheck', answer: 'fine', said: 'answers well' }
        : { system, what: 'healthcheck', answer: 'problem', said: `${health.reason}: ${health.detail}` },
  ];
  const observations = noObservations(document);
  for (const what of observables) {
    const lacking = fieldsMissing(document, observableParts[what]);
    if (lacking !== '') {
      looks.push({ system, what, answer: 'not looked at', said: `${lacking} is missing` });
      continue;
    }
    const look = lookOf(what, { stage, scope, clients, clock, observations: [observations] });
    if (look === null) {
      looks.push({ system, what, answer: 'not looked at', said: 'reading a queue hides its messages' });
      continue;
    }
    try {
      await look(signal);
      looks.push({ system, what, ...seenBy(what, observations) });
    } catch (error) {
      signal.throwIfAborted();
      looks.push({ system, what, answer: 'problem', said: describeError(error) });
    }
  }
  return looks;
}

/** What one look found, in words. */
function seenBy(what: Observable, observations: Observations): Pick<Look, 'answer' | 'said'> {
  const fine = (said: string) => ({ answer: 'fine' as const, said });
  switch (what) {
    case 'alarms': {
      const firing = observations.firingAlarms.at(-1)?.value ?? [];
      if (firing.length === 0) return fine('none in ALARM');
      return { answer: 'problem', said: `in ALARM: ${firing.join(', ')}` };
    }
    case 'queues':
      return fine(`${observations.queued.at(-1)?.value} messages`);
    case 'deadLetters':
      return fine(`${observations.deadLetters.at(-1)?.value} messages`);
    case 'sessions':
      return fine(`${observations.sessions.at(-1)?.value} connections`);
    case 'database':
      return observations.database.at(-1)?.value === 'answers'
        ? fine('answers')
        : { answer: 'problem', said: 'AWS does not call it available, or it does not answer the Data API' };
    case 'messages':
    case 'poison':
    case 'poisonLeft':
      throw new Error(`${what}: it cannot be checked without a change`);
  }
}

const plannedFaults = (
  system: PublishedDocument,
  identity: DrillIdentity,
  { drill }: DryRunOptions,
): PlannedFault[] =>
  drill.faults.map((fault) => {
    const { arguments: planned, inverse } = planOf(fault, system, identity);
    return {
      system: system.system,
      fault: fault.name,
      arguments: planned,
      inverse,
      schedule: system.restoreRoleArn === undefined ? null : (fault.restoreCall?.(inverse) ?? null),
    };
  });

/** What every drill asks of AWS beside its faults, and no look does. */
const ofEveryDrill = notAsked('sns:Publish', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility');
const ofSchedules = notAsked('scheduler:CreateSchedule', 'scheduler:DeleteSchedule', 'iam:PassRole');

async function permissionsOf(
  document: PublishedDocument,
  identity: DrillIdentity,
  { drill, clients }: DryRunOptions,
): Promise<DryRun['permissions']> {
  const { system, restoreRoleArn } = document;
  const asked: Permission[] = [];
  let armed = false;
  for (const fault of drill.faults) {
    asked.push(...(await fault.permissions(planOf(fault, document, identity), clients)));
    armed ||= restoreRoleArn !== undefined && fault.restoreCall !== undefined;
  }
  return [...asked, ...(armed ? ofSchedules : []), ...ofEveryDrill].map((one) => ({ ...one, system }));
}
