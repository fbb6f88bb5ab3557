import { availableParallelism } from 'node:os';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import type { AwsState } from '../aws/state.ts';
import type { FunctionRuntime } from '../functions/runtime.ts';
import type { PostgresServer } from '../postgres/server.ts';
import { PostgresObserver } from '../sampler/postgresServer.ts';
import { Sampler } from '../sampler/sampler.ts';
import type { StageBoot } from './stageBoot.ts';

/** Several in each ten-second period. */
const intervalMs = 2_000;

/** From now on the metrics come that AWS itself measures: of clusters, queues and functions' concurrency. */
export function startSampling(
  boot: StageBoot,
  parts: {
    state: AwsState;
    postgres: PostgresServer;
    functions: FunctionRuntime;
    documents: readonly SystemDocument[];
  },
): void {
  const { clock, undo, onError } = boot;
  const { state, postgres, functions, documents } = parts;
  const observer = new PostgresObserver(postgres, process.platform);
  undo.push(() => observer.close());
  const sampler = new Sampler({
    clock,
    intervalMs,
    metrics: state.metrics,
    clusters: documents.map(({ cluster: { identifier, database } }) => ({ identifier, database })),
    cores: availableParallelism(),
    observeServer: () => observer.observe(),
    queues: () => state.messaging.queues(),
    oldestMessageMs: (queue) => state.messaging.oldestMessageMs(queue),
    takePeakConcurrency: () => functions.takePeakConcurrency(),
    onError,
  });
  sampler.start();
  undo.push(() => sampler.stop());
}
