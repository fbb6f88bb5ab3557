import type { LambdaClient } from '@aws-sdk/client-lambda';
import { lacking } from '../../fleet/discovery.ts';
import { loadService } from '../../fleet/service.ts';
import { hasParts } from '../../fleet/systemDocument.ts';
import { seededIdOf } from '../../loadtests/k6/lib/seeded.ts';
import { seed as seedSystems } from '../../loadtests/runner/seed.ts';
import { callerHeadersOf } from '../callerHeaders.ts';
import type { OperationContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Places } from './callSizes.ts';
import type { MeasuredFunction, SizeOptions, SizeTarget } from './measuredFunction.ts';
import { proxyCall } from './proxyCall.ts';
import { reservedConcurrencyOf } from '../reservedConcurrency.ts';

/**
 * The API's function, called with the events that API Gateway makes of a load's requests.
 * @throws SystemDocumentError naming what the system lacks; FleetConfigError without a load side of its service
 */
export async function measuredApi(
  { clock, signal, output }: OperationContext,
  { connection: { clients }, fleet }: SizeTarget,
  { system, seed = seedSystems }: SizeOptions,
): Promise<MeasuredFunction> {
  if (!hasParts(system, ['functions.api'])) throw lacking(system, ['functions.api']);
  const functionName = system.functions.api;
  const { load, definition } = await loadService(fleet.service);
  return {
    role: 'api',
    functionName,
    peakPerSecond: system.expectedPeak.requestsPerSecond,
    placesFor: (sizes) => placesOf(clients.lambda, functionName, sizes),
    async whileCallable({ id }, work) {
      const credentials = await clients.sns.config.credentials();
      await seed({
        service: load,
        systems: [system],
        sns: clients.sns,
        credentials,
        callerHeaders: await callerHeadersOf(clients.secrets, [system]),
        clock,
        signal,
        onProgress: output.progress,
      });
      return work({
        callOf: (_, nth) => {
          const request = load.request(seededIdOf(load.seeded, nth, system.system), nth);
          return proxyCall(request, definition, { stage: system.stage, requestId: `${id}-${nth}` });
        },
        // Each answer is held to the contract as it comes.
        doubts: () => Promise.resolve(new Map()),
      });
    },
  };
}

/**
 * Each environment holds a connection, also once its size is gone: the connection budget has room for the reserved
 * concurrency a second time, since old environments overlap with new ones.
 * @throws UsageError where there is not one for each
 */
async function placesOf(lambda: LambdaClient, FunctionName: string, sizes: number): Promise<Places> {
  const reserved = await reservedConcurrencyOf(lambda, FunctionName);
  if (reserved === undefined) return { ofEach: 1, together: sizes };
  const ofEach = Math.floor(reserved / sizes);
  if (ofEach >= 1) return { ofEach, together: ofEach * sizes };
  throw new UsageError(
    `${FunctionName} has a reserved concurrency of ${reserved}, which its versions share: name at most ${reserved} ` +
      'sizes with --memory, including the present one.',
  );
}
