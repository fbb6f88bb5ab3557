import { availableParallelism } from 'node:os';
import { readRunning } from '../../records/runningMarkers.ts';
import type { AwsState } from '../aws/state.ts';
import type { FunctionRuntime } from '../functions/runtime.ts';
import { observeMachine } from '../sampler/machine.ts';
import { PostgresObserver } from '../sampler/postgresServer.ts';
import { Sampler } from '../sampler/sampler.ts';
import type { StageBoot } from './stageBoot.ts';
import type { Database } from './startDatabase.ts';

/** From now on the metrics come that AWS itself measures: of clusters, queues and functions' concurrency. */
export function startSampling(
  boot: StageBoot,
  parts: {
    state: AwsState;
    database: Database;
    functions: FunctionRuntime;
  },
): void {
  const { clock, config, stateDirectory, undo, onError } = boot;
  const { state, database, functions } = parts;
  const observer = new PostgresObserver(database.postgres, database.endedSessions, process.platform);
  undo.push(() => observer.close());
  const sampler = new Sampler({
    clock,
    periodMs: config.periodSeconds * 1_000,
    metrics: state.metrics,
    withheld: state.withheld,
    clusters: state.clusters.identifiers().map((identifier) => ({
      identifier,
      database: state.clusters.find(identifier)!.database,
    })),
    isAvailable: (identifier) => state.clusters.statusOf(identifier) === 'available',
    cores: availableParallelism(),
    observeServer: (what) => observer.observe(what),
    observeMachine: async () => observeMachine([process.pid, ...(await loadingProcesses(stateDirectory))]),
    queues: () => state.messaging.queues(),
    oldestMessageMs: (queue) => state.messaging.oldestMessageMs(queue),
    takePeakConcurrency: () => functions.takePeakConcurrency(),
    onError,
  });
  sampler.start();
  undo.push(() => sampler.stop());
}

/** The commands that load a stage of this machine now, or break it. */
async function loadingProcesses(stateDirectory: string): Promise<number[]> {
  const { running } = await readRunning(stateDirectory);
  return running.map((each) => Number.parseInt(each.process, 10));
}
