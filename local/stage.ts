import type { Clock } from '../core/clock.ts';
import { stageOf, type Fleet } from '../fleet/fleet.ts';
import type { QueueFaultRates } from './aws/messaging/queueFaults.ts';
import { bootTemplate } from './boot/bootTemplate.ts';
import { migrateSystems } from './boot/migrateSystems.ts';
import { openAws } from './boot/openAws.ts';
import { openConsole } from './boot/openConsole.ts';
import { publishStageFile } from './boot/publishStageFile.ts';
import type { StageBoot } from './boot/stageBoot.ts';
import { startDatabase } from './boot/startDatabase.ts';
import { startSampling } from './boot/startSampling.ts';
import { startTicks } from './boot/startTicks.ts';
import { synthesizeTemplate } from './boot/synthesizeTemplate.ts';
import { UndoStack } from './boot/undoStack.ts';
import { PostgresLostError } from './errors.ts';
import { lockDirectory } from './lock.ts';
import type { ConsoleOpener } from './observedStage.ts';
import type { PostgresServer } from './postgres/server.ts';
import { stageDirectories } from './stageDirectories.ts';
import { readAssembly } from './template/assembly.ts';
import { removeStageFile, stageDirectory, type StageFile } from './stageFile.ts';

export interface StageOptions {
  fleet: Fleet;
  /** Holds the stages' directories and the caches. */
  stateDirectory: string;
  /** Loopback port of the AWS endpoint; any free one when left out. */
  port?: number;
  /** Rows and messages live on after the stage has stopped, for the next one that keeps them too. */
  keep?: boolean;
  /** Queues that do what SQS may; left out, each message comes once and in its order. */
  queueFaults?: QueueFaultRates;
  /** Output directories of other CDK apps, whose stacks are booted too: what adopted systems are made of. */
  assemblies?: readonly string[];
  openConsole: ConsoleOpener;
  clock: Clock;
  /** Values in [0, 1). */
  random: () => number;
  /** Aborted: the start is given up, and what stands already is stopped. */
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
}

export interface RunningStage {
  file: StageFile;
  /** Resolves when the stage can no longer work: its database server is gone. */
  lost: Promise<PostgresLostError>;
  /** Stops everything, in order; safe to repeat. */
  stop(): Promise<void>;
}

const stage = 'local';

/**
 * Boots the stage "local" from its synthesized template, with the same command for the databases'
 * schema as any other stage. What an earlier, dead process left is cleaned away first.
 * @throws FleetConfigError, BudgetError: the configuration is wrong. LocalStageError: the stage runs
 *   already, or its port is taken. PostgresStartError, TemplateError.
 */
export async function startStage(options: StageOptions): Promise<RunningStage> {
  const directory = stageDirectory(options.stateDirectory, stage);
  const undo = new UndoStack();
  try {
    undo.push(await lockDirectory(directory, `The stage "${stage}"`));
    await removeStageFile(options.stateDirectory, stage);
    return await run(await prepare(options, directory, undo), options);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function prepare(options: StageOptions, directory: string, undo: UndoStack): Promise<StageBoot> {
  const { fleet, stateDirectory, keep = false, clock, random, onProgress = () => {} } = options;
  const startedMs = clock.now();
  return {
    stage,
    fleet,
    config: stageOf(fleet, stage),
    stateDirectory,
    directory,
    directories: await stageDirectories(stateDirectory, stage),
    keep,
    clock,
    random,
    startedMs,
    undo,
    reached: (what) => onProgress(`${what} (${((clock.now() - startedMs) / 1_000).toFixed(1)} s)`),
    onError: (error) => onProgress(`stage: ${error instanceof Error ? error.message : String(error)}`),
  };
}

/** The steps, in their order; each undoes itself when the stage stops, the last one first. */
async function run(boot: StageBoot, options: StageOptions): Promise<RunningStage> {
  const { signal } = options;
  const others = await Promise.all((options.assemblies ?? []).map(readAssembly));
  const [database, own] = await allOrFirstError([startDatabase(boot), synthesizeTemplate(boot)]);
  signal?.throwIfAborted();
  const aws = await openAws(boot, options);
  const { postgres } = database;
  const platform = await bootTemplate(boot, { assemblies: [own, ...others], aws, postgres });
  signal?.throwIfAborted();
  const documents = await migrateSystems(boot, aws);
  signal?.throwIfAborted();
  platform.start();
  const { state } = aws;
  startSampling(boot, { state, database, functions: platform.context.functions });
  startTicks(boot, state);
  const consoleUrl = await openConsole(boot, { state, documents }, options.openConsole);
  const file = await publishStageFile(boot, aws, consoleUrl);
  return { file, lost: lossOf(postgres), stop: () => boot.undo.run() };
}

/** Waits for both also when one fails, so that no server starts behind a failed boot. */
async function allOrFirstError<A, B>(promises: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Resolves when the database server ends without having been told to. */
const lossOf = (postgres: PostgresServer): Promise<PostgresLostError> =>
  new Promise((resolve) => {
    void postgres.exited.then(({ expected, log }) => {
      if (!expected) resolve(new PostgresLostError(log.trim().split('\n').at(-1) ?? ''));
    });
  });
