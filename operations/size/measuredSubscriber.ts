import { adminDataApi } from '../../chaos/observers/dataApi.ts';
import { lacking } from '../../fleet/discovery.ts';
import { messagesABatch } from '../../fleet/messagesABatch.ts';
import { loadService } from '../../fleet/service.ts';
import { hasParts, messageParts } from '../../fleet/systemDocument.ts';
import { connectionBudget } from '../../infra/budget.ts';
import { storedIds } from '../../loadtests/messages/storedIds.ts';
import type { OperationContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { whilePublishing, type Acknowledged } from '../testRows/whilePublishing.ts';
import type { Places } from './callSizes.ts';
import type { MeasuredFunction, SizeOptions, SizeTarget } from './measuredFunction.ts';
import { batchCall } from './queueBatch.ts';
import { queueDelivery } from './queueDelivery.ts';
import { reservedConcurrencyOf } from '../reservedConcurrency.ts';
import { SentBatches } from './sentBatches.ts';

const parts = ['functions.subscriber', 'queues.subscriber', ...messageParts] as const;

/** Bytes that Lambda hands to a function at most, whatever the batch size. */
const largestEventBytes = 6 * 1_000 * 1_000;

/**
 * The subscriber, called with the events that its queue's pollers make of a load's messages.
 * @throws UsageError where nothing is expected of it, or its messages do not come through a queue; SystemDocumentError
 *   naming what the system lacks; FleetConfigError without a load side of its service
 */
export async function measuredSubscriber(
  context: OperationContext,
  target: SizeTarget,
  { system, batch: asked, keepData = false }: SizeOptions,
): Promise<MeasuredFunction> {
  if (!hasParts(system, parts)) throw lacking(system, parts);
  const { clock } = context;
  const { lambda, sns, dataApi } = target.connection.clients;
  const { messagesPerSecond } = system.expectedPeak;
  if (messagesPerSecond === 0) {
    throw new UsageError(
      `expectedPeak.messagesPerSecond of ${system.system} is 0: expected more, since its subscriber is sized for that.`,
    );
  }
  const { load, definition } = await loadService(target.fleet.service);
  const delivery = await queueDelivery({ lambda, sns }, system);
  const { batchSize } = delivery;
  if (asked !== undefined && asked > batchSize) {
    throw new UsageError(`its queue hands over ${batchSize} messages at most: expected no larger --batch.`);
  }
  const callOf = (ids: readonly number[]) => {
    const nowMs = clock.now();
    return batchCall(
      ids.map((id) => load.message(id, nowMs)),
      delivery,
      nowMs,
    );
  };
  const functionName = system.functions.subscriber;
  const messages = asked ?? Math.round(messagesABatch(messagesPerSecond, delivery));
  const messageBytes = Buffer.byteLength(JSON.stringify(callOf([load.seeded.firstId]).event));
  const largest = Math.max(messages, Math.min(batchSize, Math.floor(largestEventBytes / messageBytes)));
  return {
    role: 'subscriber',
    functionName,
    peakPerSecond: messagesPerSecond / messages,
    batch: { messages, largest },
    async placesFor(sizes) {
      const reserved = (await reservedConcurrencyOf(lambda, functionName)) ?? Infinity;
      const { maximumConcurrency = Infinity } = delivery;
      const budgeted = system.adopted ? null : connectionBudget(target.fleet, target.stage, system.system);
      return placesOf(functionName, {
        sizes,
        atOnce: Math.min(reserved, maximumConcurrency),
        spareConnections: budgeted === null ? 0 : Math.max(0, budgeted.allowed - budgeted.needed),
      });
    },
    async whileCallable({ directory, calls, sizes }, work) {
      const fullBatches = largest > messages ? sizes : 0;
      const mostMessages = calls * messages + fullBatches * largest;
      const publishing = { keepData, mostMessages };
      const reached = { ...target, systems: [system] };
      const outcome = await whilePublishing(context, reached, directory, publishing, async (first) => {
        const sent = new SentBatches(callOf);
        let firstOfNext = first + calls * messages;
        const result = await work({
          callOf: (memoryMiB, nth) => sent.callOf(memoryMiB, first + nth * messages, messages),
          ...(fullBatches > 0 && {
            largest: (memoryMiB) => sent.callOf(memoryMiB, (firstOfNext += largest) - largest, largest),
          }),
          doubts: () =>
            sent.doubts(() =>
              storedIds(adminDataApi(system, dataApi, clock), definition, {
                first,
                end: first + mostMessages,
                schema: system.cluster.schema,
              }),
            ),
        }).then(
          (value) => ({ value }),
          // What was stored until then is known all the same.
          (error: unknown) => ({ error }),
        );
        const acknowledged: Acknowledged = new Map([[system.system, sent.acknowledged]]);
        return { result, acknowledged };
      });
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    },
  };
}

/**
 * As many batches at once as the queue may have of its own, so that they wait for each other no longer than its do. Each
 * environment holds a connection, also while it waits and once its size is gone: the connection budget has room for that
 * many batches a second time, and for what it leaves free.
 * @throws UsageError where there is not one for each
 */
function placesOf(
  functionName: string,
  { sizes, atOnce, spareConnections }: { sizes: number; atOnce: number; spareConnections: number },
): Places {
  if (atOnce === Infinity) return { ofEach: 1, together: sizes };
  const ofEach = Math.max(1, Math.floor(atOnce / sizes));
  const most = atOnce + spareConnections;
  if (sizes <= most) return { ofEach, together: Math.min(atOnce, ofEach * sizes) };
  throw new UsageError(
    `${functionName} runs ${atOnce} at once at most, and the connection budget has room for ${spareConnections} ` +
      `environments more: name at most ${most} sizes with --memory, including the present one.`,
  );
}
