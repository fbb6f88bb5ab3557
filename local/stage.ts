import { randomBytes } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MetricStore } from '../cloudwatch/metricStore.ts';
import type { MonitoredSystem } from '../fleet/monitoredSystem.ts';
import type { Alarms } from './aws/cloudwatch/alarms.ts';
import type { Clock } from '../core/clock.ts';
import { connectionLimitOf, stageOf, type Fleet } from '../fleet/fleet.ts';
import { monitoredSystem } from '../fleet/names.ts';
import { localAccountId } from './aws/account.ts';
import { startAwsEndpoint } from './aws/endpoint.ts';
import { openPersistentStores } from './aws/messaging/persistentStores.ts';
import { QueueFaults, type QueueFaultRates } from './aws/messaging/queueFaults.ts';
import { fireDue } from './aws/scheduler/fireDue.ts';
import { createAwsState } from './aws/state.ts';
import { PostgresLostError } from './errors.ts';
import { listen } from './listen.ts';
import { lockDirectory } from './lock.ts';
import { migrateSystems } from './migrateSystems.ts';
import { startPostgres } from './postgres/server.ts';
import { ownIdentity } from '../core/process/processes.ts';
import { bootResources } from './resources/boot.ts';
import { startPlatform } from './resources/platform.ts';
import { PostgresObserver } from './sampler/postgresServer.ts';
import { Sampler } from './sampler/sampler.ts';
import { stageDirectories } from './stageDirectories.ts';
import { removeStageFile, stageDirectory, writeStageFile, type StageFile } from './stageFile.ts';
import { synthesizeStage } from './synthesis/synthesize.ts';
import { readAssembly } from './template/assembly.ts';
import { startTicking } from './ticking.ts';
import { UndoStack } from './undoStack.ts';

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
  /** Opens the page about the stage, once it stands; the stage closes it as it stops. */
  openConsole: (stage: ObservedStage) => Promise<{ readonly url: string; close(): Promise<void> }>;
  clock: Clock;
  /** Values in [0, 1). */
  random: () => number;
  /** Aborted: the start is given up, and what stands already is stopped. */
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
}

/** What a page about the stage may read of it. */
export interface ObservedStage {
  info: { stage: string; region: string; startedMs: number; periodSeconds: number };
  metrics: MetricStore;
  alarms: Alarms;
  /** Bodies by name. */
  dashboards: ReadonlyMap<string, string>;
  systems: readonly (MonitoredSystem & { expectedRequestsPerSecond: number })[];
  stateDirectory: string;
  clock: Clock;
  onError: (error: unknown) => void;
}

export interface RunningStage {
  file: StageFile;
  /** Resolves when the stage can no longer work: its database server is gone. */
  lost: Promise<PostgresLostError>;
  /** Stops everything, in order; safe to repeat. */
  stop(): Promise<void>;
}

const stage = 'local';

/** Connections for administrators and the sampler, on top of those of the systems. */
const spareConnections = 20;

/** Between two looks at alarms and schedules, and between two samples: several in each ten-second period. */
const tickIntervalMs = 1_000;
const sampleIntervalMs = 2_000;

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
    return await boot(options, directory, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function boot(options: StageOptions, directory: string, undo: UndoStack): Promise<RunningStage> {
  const { fleet, stateDirectory, clock, random, signal, keep = false, onProgress = () => {} } = options;
  const config = stageOf(fleet, stage);
  const startedMs = clock.now();
  const elapsed = () => `${((clock.now() - startedMs) / 1_000).toFixed(1)} s`;
  const onError = (error: unknown) =>
    onProgress(`stage: ${error instanceof Error ? error.message : String(error)}`);
  await removeStageFile(stateDirectory, stage);

  const { postgresHome, data, keptData, keptMessages } = await stageDirectories(stateDirectory, stage);
  const dataDirectory = keep ? keptData : data;
  const startServer = async () => {
    const server = await startPostgres({
      dataDirectory,
      cacheDirectory: join(postgresHome, 'cache'),
      maxConnections: connectionLimitOf(config) * fleet.systems.length + spareConnections,
      fresh: !keep,
    });
    undo.push(async () => {
      await server.stop();
      if (!keep) await rm(dataDirectory, { recursive: true, force: true });
    });
    onProgress(`PostgreSQL answers on port ${server.port} (${elapsed()})`);
    return server;
  };
  const outputDirectory = join(directory, 'cdk.out');
  const synthesize = async () => {
    await rm(outputDirectory, { recursive: true, force: true });
    await lendNodeModules(directory);
    await synthesizeStage(fleet, stage, outputDirectory);
    const assembly = await readAssembly(outputDirectory);
    onProgress(`template synthesized: ${assembly.stacks.length} stacks (${elapsed()})`);
    return assembly;
  };
  // Both are awaited also when one fails, so that no server starts behind a failed boot.
  const [server, assembly] = await allOrFirstError([startServer(), synthesize()]);
  signal?.throwIfAborted();

  const account = { region: fleet.region, accountId: localAccountId };
  const credentials = {
    accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const { queueFaults: rates } = options;
  const state = createAwsState({
    ...account,
    clock,
    ...(rates && { queueFaults: new QueueFaults(rates, { clock, random }) }),
    ...(keep && { persistent: await openPersistentStores(keptMessages) }),
  });
  const endpoint = await listen('--port', () =>
    startAwsEndpoint({
      ...account,
      host: '127.0.0.1',
      port: options.port ?? 0,
      credentials,
      state,
      clock,
    }),
  );
  undo.push(() => endpoint.close());
  const platform = await startPlatform({
    ...account,
    credentials,
    clock,
    random,
    accountConcurrency: fleet.accountConcurrency,
    periodSeconds: config.periodSeconds,
    apiPort: 0,
    endpointUrl: endpoint.url,
    state,
    postgres: server,
    logDirectory: join(directory, 'logs'),
    compileCacheDirectory: join(stateDirectory, 'cache', 'compiled'),
    onError,
  });
  undo.push(() => platform.close());
  const report = await bootResources(assembly, platform.context);
  onProgress(`${report.resources} resources booted (${elapsed()})`);
  signal?.throwIfAborted();

  const access = { region: fleet.region, endpointUrl: endpoint.url, credentials };
  const documents = await migrateSystems({ access, stage, clock });
  onProgress(`${documents.length} databases migrated (${elapsed()})`);
  signal?.throwIfAborted();

  platform.start();
  const observer = new PostgresObserver(server, process.platform);
  undo.push(() => observer.close());
  const sampler = new Sampler({
    clock,
    intervalMs: sampleIntervalMs,
    metrics: state.metrics,
    clusters: documents.map(({ cluster }) => ({
      identifier: cluster.identifier,
      database: cluster.database,
    })),
    cores: availableParallelism(),
    observeServer: () => observer.observe(),
    queues: () => state.messaging.queues(),
    oldestMessageMs: (queue) => state.messaging.oldestMessageMs(queue),
    takePeakConcurrency: () => platform.context.functions.takePeakConcurrency(),
    onError,
  });
  sampler.start();
  undo.push(() => sampler.stop());
  const tick = async (nowMs: number) => {
    for (const { name, error } of fireDue(state, nowMs)) {
      onProgress(`stage: the target of schedule ${name} refused: ${error}`);
    }
    await state.alarms.tick(nowMs);
  };
  undo.push(startTicking({ clock, intervalMs: tickIntervalMs, tick, onError }));
  const stageConsole = await options.openConsole({
    info: { stage, region: fleet.region, startedMs, periodSeconds: config.periodSeconds },
    metrics: state.metrics,
    alarms: state.alarms,
    dashboards: platform.context.dashboards,
    systems: documents.map((document) => ({
      ...monitoredSystem(stage, document.system, {
        connectionLimit: document.cluster.connectionLimit,
        apiReservedConcurrency: config.api.reservedConcurrency,
      }),
      expectedRequestsPerSecond: document.expectedPeak.requestsPerSecond,
    })),
    stateDirectory,
    clock,
    onError,
  });
  undo.push(() => stageConsole.close());

  const file: StageFile = {
    schemaVersion: 1,
    stage,
    pid: process.pid,
    processIdentity: await ownIdentity(),
    startedAt: new Date(startedMs).toISOString(),
    ...access,
    consoleUrl: stageConsole.url,
    systems: fleet.systems.map(({ name }) => name).sort(),
  };
  await writeStageFile(stateDirectory, file);
  undo.push(() => removeStageFile(stateDirectory, stage));
  onProgress(`stage "${stage}" is ready at ${endpoint.url} (${elapsed()})`);
  return {
    file,
    lost: new Promise((resolve) => {
      void server.exited.then(({ expected, log }) => {
        if (!expected) resolve(new PostgresLostError(lastLine(log)));
      });
    }),
    stop: () => undo.run(),
  };
}

/**
 * The functions' bundle leaves the AWS SDK to the Lambda runtime; here they find the project's, wherever
 * the stage's directory lies.
 */
async function lendNodeModules(directory: string): Promise<void> {
  const link = join(directory, 'node_modules');
  await rm(link, { force: true });
  await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), link);
}

async function allOrFirstError<A, B>(promises: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

const lastLine = (log: string): string => log.trim().split('\n').at(-1) ?? '';
