import { GetFunctionConcurrencyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { basename, join } from 'node:path';
import { readUnpublished } from '../../chaos/functionConfiguration.ts';
import { aliasOf } from '../../chaos/publishedSizes.ts';
import { tagPrefix } from '../../chaos/faults/publishSizes.ts';
import { oneVcpuMiB } from '../../fleet/lambdaCpu.ts';
import { loadService } from '../../fleet/service.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { SystemDocument } from '../../fleet/systemDocument.ts';
import { seededIdOf } from '../../loadtests/k6/lib/seeded.ts';
import { seed as seedSystems } from '../../loadtests/runner/seed.ts';
import { callLimit } from '../../monitoring/callLimit.ts';
import { limits } from '../../monitoring/limits.ts';
import { writeRecord } from '../../records/recordFile.ts';
import { sizeKind, type SizeFile } from '../../records/size.ts';
import type { OperationContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Target } from '../target.ts';
import { answerOf } from './answer.ts';
import { callAlias } from './callAlias.ts';
import { callSizes } from './callSizes.ts';
import { proxyCall } from './proxyCall.ts';
import { whilePublished } from './whilePublished.ts';

export interface SizeOptions {
  system: SystemDocument;
  /** In ascending order with the present one among them; left out: the usual ones. */
  sizesMiB?: readonly number[] | undefined;
  /** Of all sizes together; left out: the system's expected peak. */
  requestsPerSecond?: number | undefined;
  durationMs: number;
  /** Gives the API what it is asked for; a parameter for tests. */
  seed?: typeof seedSystems;
}

/** Powers of two, up to all the CPU that one thread can use. */
const usualSizesMiB = [128, 256, 512, 1_024, oneVcpuMiB];

/**
 * Measures the API's function of one system at several memory sizes, side by side under one load. Whatever happens, the
 * function is as it was before this returns or throws; after a kill `chaos restore` does it.
 * @returns the record, which stands in `directory/size.json`
 * @throws UsageError when something stands in the way: nothing was touched
 * @throws NotRestoredError when something is left to be undone
 */
export async function measureSizes(
  context: OperationContext,
  target: Pick<Target, 'configurationHash' | 'connection'> & { fleet: Pick<Fleet, 'service'> },
  options: SizeOptions,
  directory: string,
): Promise<SizeFile> {
  const { clock, signal, output } = context;
  const { clients, place } = target.connection;
  const { system, durationMs, seed = seedSystems } = options;
  const functionName = system.functions.api;
  const { architecture, ...present } = await readUnpublished(clients.lambda, functionName);
  const sizesMiB = [...new Set([...(options.sizesMiB ?? usualSizesMiB), present.memoryMiB])].sort(
    (a, b) => a - b,
  );
  const atOnce = await placesOf(clients.lambda, functionName, sizesMiB.length);
  const requestsPerSecond = options.requestsPerSecond ?? system.expectedPeak.requestsPerSecond;
  refuseTooFew({ requestsPerSecond, durationMs, sizes: sizesMiB.length });
  const id = basename(directory);
  const sizes = { functionName, tag: `${tagPrefix}${id}`, ...present, sizesMiB };
  const { load, definition } = await loadService(target.fleet.service);
  const credentials = await clients.sns.config.credentials();
  await seed({
    service: load,
    systems: [system],
    sns: clients.sns,
    credentials,
    clock,
    signal,
    onProgress: output.progress,
  });

  output.progress(`${functionName}: publishing ${sizesMiB.join(', ')} MiB`);
  const publication = { id, place, system, sizes, clients, directory, clock, signal };
  return whilePublished({ ...publication, onProgress: output.progress }, async (versions) => {
    output.progress(
      `${requestsPerSecond} calls a second for ${durationMs / 1_000} s, each size in turn, ${atOnce} of each at once`,
    );
    const startMs = clock.now();
    const calls = await callSizes({
      sizesMiB,
      requestsPerSecond,
      atOnce,
      durationMs,
      clock,
      signal,
      call: (memoryMiB, nth) => {
        const alias = aliasOf(sizes, memoryMiB);
        const version = versions.get(memoryMiB) ?? '';
        const called = { lambda: clients.lambdaOnce, functionName, alias, version, memoryMiB };
        const request = load.request(seededIdOf(load.seeded, nth, system.system), nth);
        const about = { stage: system.stage, requestId: `${id}-${nth}` };
        return callAlias(called, proxyCall(request, definition, about), signal);
      },
    });
    const peakPerSecond = system.expectedPeak.requestsPerSecond;
    const record: SizeFile = {
      schemaVersion: 1,
      runId: id,
      stage: system.stage,
      place,
      rehearsal: place === 'local',
      system: system.system,
      functionName,
      configurationHash: target.configurationHash,
      architecture,
      window: { start: new Date(startMs).toISOString(), end: new Date(clock.now()).toISOString() },
      requestsPerSecond: requestsPerSecond / sizesMiB.length,
      atOnce,
      presentMiB: present.memoryMiB,
      ...answerOf(calls, { architecture, presentMiB: present.memoryMiB, peakPerSecond }),
    };
    // Before anything is undone: where that fails, what was measured is not lost.
    await writeRecord(sizeKind, join(directory, sizeKind.fileName), record);
    return record;
  });
}

/**
 * Calls of each size that may be under way at once. Each environment holds a connection, also once its size is gone: the
 * connection budget has room for the reserved concurrency a second time, since old environments overlap with new ones.
 * @throws UsageError where there is not one for each
 */
async function placesOf(lambda: LambdaClient, FunctionName: string, sizes: number): Promise<number> {
  const { ReservedConcurrentExecutions: reserved } = await lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName }),
    { abortSignal: callLimit() },
  );
  if (reserved === undefined) return 1;
  const places = Math.floor(reserved / sizes);
  if (places >= 1) return places;
  throw new UsageError(
    `${FunctionName} has a reserved concurrency of ${reserved}, which its versions share: name at most ${reserved} ` +
      'sizes with --memory, including the present one.',
  );
}

/** @throws UsageError for a load from which nothing could be concluded */
function refuseTooFew({
  requestsPerSecond,
  durationMs,
  sizes,
}: {
  requestsPerSecond: number;
  durationMs: number;
  sizes: number;
}): void {
  // Some begin with a new environment.
  const wanted = Math.ceil(limits.size.fewestWarm / (1 - limits.size.coldPercent / 100));
  const calls = Math.floor((requestsPerSecond * durationMs) / 1_000 / sizes);
  if (calls >= wanted) return;
  const seconds = Math.ceil((wanted * sizes) / requestsPerSecond);
  throw new UsageError(
    `${calls} calls of each of ${sizes} sizes are too few, ${wanted} would be enough: run it with --hold ${seconds}.`,
  );
}
