import { describeError } from '../../core/describeError.ts';
import { fleetAlarmName } from '../../fleet/names.ts';
import { quietMinutesOf, wavesOf } from '../../infra/waves.ts';
import { fleetRollbackAlarmsOf, pagesOf, rollbackAlarmsOf } from '../../monitoring/alarms/rollbackAlarms.ts';
import { limits } from '../../monitoring/limits.ts';
import { UsageError } from '../errors.ts';
import type { StackDeployment } from './deployStack.ts';

/** What a rollout does to a stage, each in one word. */
export interface RolloutSteps {
  /** States of those alarms that exist, with their ARNs. */
  alarms: (names: readonly string[]) => Promise<{ name: string; arn: string; firing: boolean }[]>;
  /** Resolves to why it failed; null when the stack is as the configuration says. */
  deploy: (deployment: StackDeployment) => Promise<string | null>;
  /** Migrates a system's database, where there is one already. */
  migrate: (system: string) => Promise<void>;
  /** Asks these systems every question once; false when an answer was wrong. */
  smoke: (systems: readonly string[]) => Promise<boolean>;
}

export interface RolloutOptions {
  stage: string;
  /** In the order in which the release reaches them. */
  systems: readonly string[];
  /** Stacks that systems share, in any order. */
  sharedStacks: readonly string[];
  stackOf: (system: string) => string;
  /** Everything in one wave that no alarm takes back: a repair, while alarms go off. */
  atOnce: boolean;
  steps: RolloutSteps;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

export interface RolloutAnswer {
  /** Systems that are as the configuration says. */
  deployed: string[];
  /** Systems whose update failed or was taken back, with why. */
  failed: { system: string; reason: string }[];
  /** Systems that were ill before their turn: on them nobody could have seen whether the release is good. */
  leftOut: { system: string; alarms: string[] }[];
  /** Why the rest was not begun; null when all had their turn. */
  stopped: string | null;
}

/**
 * Brings a stage to the configuration in waves: what systems share, one system, a tenth, the rest. Each wave is
 * migrated, updated (CloudFormation itself takes an update back when one of its alarms goes off within the quiet
 * time, also if this process is gone by then) and asked every question once; the next begins only when nothing
 * failed and nobody who has the release pages. Safe to repeat: what is done already takes no time.
 * @throws UsageError when the whole fleet is affected already
 */
export async function rollOut(options: RolloutOptions): Promise<RolloutAnswer> {
  const { stage, systems, atOnce, steps, onProgress } = options;
  const affected = fleetAlarmName(stage, 'affected');
  if (!atOnce && (await firing(steps, [affected])).length > 0) {
    throw new UsageError(
      `${affected} is in ALARM: no alarm could tell a bad release from what is already wrong. Wait until it is ` +
        'over, or repair with --at-once, which no alarm rolls back.',
    );
  }
  const answer: RolloutAnswer = { deployed: [], failed: [], leftOut: [], stopped: null };
  const shared = await deployShared(options);
  if (shared !== null) return { ...answer, stopped: `what the systems share: ${shared}` };
  const waves = atOnce ? [[...systems]] : wavesOf(systems);
  for (const [index, wave] of waves.entries()) {
    onProgress(
      `wave ${index + 1} of ${waves.length}: ${wave.length === 1 ? wave[0] : `${wave.length} systems`}`,
    );
    answer.stopped = await takeWave(options, wave, index, answer);
    if (answer.stopped !== null) break;
  }
  return answer;
}

async function deployShared({ stage, sharedStacks, atOnce, steps }: RolloutOptions): Promise<string | null> {
  const alarms = atOnce ? [] : await steps.alarms(fleetRollbackAlarmsOf(stage));
  // One that goes off already would take back whatever comes.
  const calm = alarms.filter((alarm) => !alarm.firing);
  return steps.deploy({
    stacks: sharedStacks,
    watchedBy: calm.map(({ arn }) => arn),
    quietMinutes: limits.rollout.quietMinutes,
  });
}

/** @returns why the next wave must not begin; null when it may */
async function takeWave(
  options: RolloutOptions,
  wave: readonly string[],
  index: number,
  answer: RolloutAnswer,
): Promise<string | null> {
  const { stage, atOnce, steps, signal } = options;
  const healthy = atOnce ? [...wave] : await leaveOutIll(options, wave, answer);
  const queue = [...healthy];
  const failed: RolloutAnswer['failed'] = [];
  const deployed: string[] = [];
  const work = async (): Promise<void> => {
    // After a failure nothing more begins; what has begun ends, one way or the other.
    for (;;) {
      const system = failed.length === 0 && !signal.aborted ? queue.shift() : undefined;
      if (system === undefined) return;
      const reason = await deploySystem(options, system, index).catch(describeError);
      if (reason === null) deployed.push(system);
      else failed.push({ system, reason });
    }
  };
  await Promise.all(Array.from({ length: limits.rollout.stacksAtOnce }, work));
  signal.throwIfAborted();
  answer.failed.push(...failed);
  answer.deployed.push(...wave.filter((system) => deployed.includes(system)));
  if (failed.length > 0) return `${failed.map(({ system }) => system).join(', ')} did not take the release`;
  if (deployed.length > 0 && !(await steps.smoke(deployed))) {
    return 'the smoke test got a wrong answer (headroom load smoke)';
  }
  if (atOnce) return null;
  const pages = answer.deployed.flatMap((system) => pagesOf(stage, system));
  const paging = await firing(steps, [fleetAlarmName(stage, 'affected'), ...pages]);
  return paging.length > 0 ? `${paging.join(', ')} in ALARM since the release` : null;
}

async function deploySystem(
  { stage, stackOf, atOnce, steps, onProgress }: RolloutOptions,
  system: string,
  index: number,
): Promise<string | null> {
  // Before the code that needs it; and after it for a system that is new.
  await steps.migrate(system);
  // A system that is new has no alarms yet, and nobody who would feel it.
  const alarms = atOnce ? [] : await steps.alarms(rollbackAlarmsOf(stage, system));
  const reason = await steps.deploy({
    stacks: [stackOf(system)],
    watchedBy: alarms.map(({ arn }) => arn),
    quietMinutes: quietMinutesOf(index),
  });
  if (reason === null) await steps.migrate(system);
  onProgress(`${system}: ${reason === null ? 'deployed' : 'failed'}`);
  return reason;
}

async function leaveOutIll(
  { stage, steps, onProgress }: RolloutOptions,
  wave: readonly string[],
  { leftOut }: RolloutAnswer,
): Promise<string[]> {
  const namesOf = (system: string) => [...pagesOf(stage, system), ...rollbackAlarmsOf(stage, system)];
  const alarms = new Set(await firing(steps, wave.flatMap(namesOf)));
  const ill = wave
    .map((system) => ({ system, alarms: namesOf(system).filter((name) => alarms.has(name)) }))
    .filter((one) => one.alarms.length > 0);
  for (const one of ill) onProgress(`${one.system} is left out: ${one.alarms.join(', ')} in ALARM`);
  leftOut.push(...ill);
  return wave.filter((system) => !ill.some((one) => one.system === system));
}

const firing = async ({ alarms }: RolloutSteps, names: readonly string[]): Promise<string[]> =>
  (await alarms(names)).filter((alarm) => alarm.firing).map(({ name }) => name);
