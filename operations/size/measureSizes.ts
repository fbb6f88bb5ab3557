import { basename, join } from 'node:path';
import { readUnpublished } from '../../chaos/functionConfiguration.ts';
import { aliasOf } from '../../chaos/publishedSizes.ts';
import { tagPrefix } from '../../chaos/faults/publishSizes.ts';
import { oneVcpuMiB } from '../../fleet/lambdaCpu.ts';
import { limits } from '../../monitoring/limits.ts';
import { writeRecord } from '../../records/recordFile.ts';
import { sizeKind, type SizeFile } from '../../records/size.ts';
import type { OperationContext } from '../context.ts';
import { answerOf, type CallsOfSize } from './answer.ts';
import { callAlias, type Call } from './callAlias.ts';
import { callsIn, callSizes, type SizeLoad } from './callSizes.ts';
import { enoughMs, refuseTooFew } from './enoughCalls.ts';
import type { Invocation } from './invocation.ts';
import { measuredApi } from './measuredApi.ts';
import type { Caller, MeasuredFunction, SizeOptions, SizeTarget } from './measuredFunction.ts';
import { measuredSubscriber } from './measuredSubscriber.ts';
import { whilePublished } from './whilePublished.ts';

/** Powers of two, up to all the CPU that one thread can use. */
const usualSizesMiB = [128, 256, 512, 1_024, oneVcpuMiB];

const kinds = { api: measuredApi, subscriber: measuredSubscriber } as const;

/**
 * Measures a function of one system at several memory sizes, side by side under one load. Whatever happens, the function
 * is as it was before this returns or throws, and what the load stored is removed; after a kill `chaos restore` does it.
 * @returns the record, which stands in `directory/size.json`
 * @throws UsageError when something stands in the way: nothing was touched
 * @throws SystemDocumentError naming what the system lacks for it
 * @throws NotRestoredError when something is left to be undone
 */
export async function measureSizes(
  context: OperationContext,
  target: SizeTarget,
  options: SizeOptions,
  directory: string,
): Promise<SizeFile> {
  const { clock, signal, output } = context;
  const { clients, place } = target.connection;
  const { system } = options;
  const measured = await kinds[options.function ?? 'api'](context, target, options);
  const { role, functionName, batch, peakPerSecond } = measured;
  const { architecture, timeoutMs, ...present } = await readUnpublished(clients.lambda, functionName);
  const sizesMiB = [...new Set([...(options.sizesMiB ?? usualSizesMiB), present.memoryMiB])].sort(
    (a, b) => a - b,
  );
  const places = await measured.placesFor(sizesMiB.length);
  const callsPerSecond = options.callsPerSecond ?? peakPerSecond;
  const durationMs = options.durationMs ?? enoughMs(sizesMiB.length, callsPerSecond);
  refuseTooFew({ callsPerSecond, durationMs, sizesMiB });
  const id = basename(directory);
  const sizes = { functionName, tag: `${tagPrefix}${id}`, ...present, sizesMiB };
  const load = { sizesMiB, callsPerSecond, places, durationMs, clock, signal };
  const planned = { id, directory, calls: callsIn(load), sizes: sizesMiB.length };
  return measured.whileCallable(planned, async (caller) => {
    output.progress(`${functionName}: publishing ${sizesMiB.join(', ')} MiB`);
    const publication = { id, place, system, sizes, clients, directory, clock, signal };
    return whilePublished({ ...publication, onProgress: output.progress }, async (versions) => {
      output.progress(progressOf(load, batch));
      const startMs = clock.now();
      const invoke = (memoryMiB: number, call: Call): Promise<Invocation> => {
        const alias = aliasOf(sizes, memoryMiB);
        const version = versions.get(memoryMiB) ?? '';
        const called = { lambda: clients.lambdaOnce, functionName, alias, version, memoryMiB };
        // The start of an environment is no part of the function's timeout.
        return callAlias({ ...called, withinMs: timeoutMs + limits.drill.callTimeoutMs }, call);
      };
      const calls = await callAll(load, caller, invoke);
      const endMs = clock.now();
      const doubts = await caller.doubts();
      const found = calls.map((ofSize) => ({ ...ofSize, doubt: doubts.get(ofSize.memoryMiB) }));
      const record: SizeFile = {
        schemaVersion: 1,
        runId: id,
        stage: system.stage,
        place,
        rehearsal: place === 'local',
        system: system.system,
        function: role,
        functionName,
        configurationHash: target.configurationHash,
        architecture,
        window: { start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() },
        requestsPerSecond: callsPerSecond / sizesMiB.length,
        ...(batch && { batch }),
        atOnce: places.ofEach,
        presentMiB: present.memoryMiB,
        ...answerOf(found, { architecture, presentMiB: present.memoryMiB, peakPerSecond }),
      };
      // Before anything is undone: where that fails, what was measured is not lost.
      await writeRecord(sizeKind, join(directory, sizeKind.fileName), record);
      return record;
    });
  });
}

/** The load, then each size's largest call by itself. */
async function callAll(
  load: Omit<SizeLoad, 'call'>,
  { callOf, largest }: Caller,
  invoke: (memoryMiB: number, call: Call) => Promise<Invocation>,
): Promise<CallsOfSize[]> {
  const calls = await callSizes({
    ...load,
    call: (memoryMiB, nth) => invoke(memoryMiB, callOf(memoryMiB, nth)),
  });
  const fullBatches = new Map<number, Invocation>();
  for (const memoryMiB of largest ? load.sizesMiB : []) {
    load.signal.throwIfAborted();
    fullBatches.set(memoryMiB, await invoke(memoryMiB, largest!(memoryMiB)));
  }
  return calls.map((ofSize) => ({ ...ofSize, fullBatch: fullBatches.get(ofSize.memoryMiB) }));
}

const progressOf = (
  {
    callsPerSecond,
    durationMs,
    places: { ofEach, together },
  }: Pick<SizeLoad, 'callsPerSecond' | 'durationMs' | 'places'>,
  batch: MeasuredFunction['batch'],
): string =>
  `${batch ? `batches of ${batch.messages} messages` : 'calls'}, ${Number(callsPerSecond.toFixed(2))} a second for ` +
  `${durationMs / 1_000} s: each size in turn, ${ofEach} of each and ${together} together at once`;
