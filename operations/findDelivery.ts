import { join } from 'node:path';
import { describeError } from '../core/describeError.ts';
import { loadService } from '../fleet/service.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import { deadLetterIds } from '../loadtests/messages/deadLetterIds.ts';
import { deliveryFile, deliveryOf, type DeliverySeen } from '../loadtests/messages/delivery.ts';
import { idsIn } from '../loadtests/messages/idRanges.ts';
import { queuedMessages } from '../loadtests/messages/queuedMessages.ts';
import { reconcile } from '../loadtests/messages/reconcile.ts';
import { storedAges } from '../loadtests/messages/storedAges.ts';
import { storedIds } from '../loadtests/messages/storedIds.ts';
import { latencySummary } from '../loadtests/runner/latencySummary.ts';
import { limits } from '../monitoring/limits.ts';
import { deliveryKind, type DeliveryFile } from '../records/delivery.ts';
import { writeRecord } from '../records/recordFile.ts';
import { placeOfAll } from '../records/fields.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';

const betweenLooksMs = 2_000;

/**
 * Waits until what a run published is stored or given up, and says what became of it, in `directory/delivery.json`. A
 * message on its way has as long as a batch that failed twice.
 * @throws the signal's reason when aborted
 */
export async function findDelivery(
  context: OperationContext,
  target: Target,
  run: RunFile,
  directory: string,
): Promise<DeliveryFile> {
  const { clock, output } = context;
  const published = target.systems.filter(({ system }) =>
    run.systems.some((each) => each.system === system && each.messages),
  );
  const systems = await Promise.all(
    published.map(async (document) => deliveryOf(run, await lookAt(context, target, run, document))),
  );
  const place = placeOfAll(run.place, target.connection.place);
  const delivery = deliveryFile(run, systems, { place, answeredAtMs: clock.now() });
  const path = join(directory, deliveryKind.fileName);
  await writeRecord(deliveryKind, path, delivery);
  output.progress(`delivery: ${path}`);
  return delivery;
}

async function lookAt(
  { clock, signal, output }: OperationContext,
  { connection, fleet }: Target,
  run: RunFile,
  document: SystemDocument,
): Promise<DeliverySeen> {
  const { system, cluster, queues, logGroups } = document;
  const { clients } = connection;
  const service = await loadService(fleet.service);
  const messages = run.systems.find((each) => each.system === system)?.messages;
  const published = new Set(idsIn(messages?.acknowledgedIds ?? []));
  const first = Math.min(...published);
  const dataApi = {
    client: clients.dataApi,
    cluster: {
      identifier: cluster.identifier,
      database: cluster.database,
      secretArn: cluster.adminSecretArn,
    },
    clock,
  };
  const endToEnd = async (stored: number): Promise<DeliverySeen['endToEnd']> => {
    const window = { startMs: Date.parse(run.windows.run.start), endMs: clock.now() };
    try {
      const ages = await storedAges(clients.logs, logGroups.subscriber, window, signal);
      const reason = ages.length < stored ? `the log tells of ${ages.length} of ${stored}` : null;
      return { messages: ages.length, ms: latencySummary(ages), reason };
    } catch (error) {
      signal.throwIfAborted();
      return { messages: 0, ms: null, reason: describeError(error) };
    }
  };

  const deadlineMs = clock.now() + limits.delivery.withinMs[connection.place];
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      const waiting = await queuedMessages(clients.sqs, queues.customers.url, signal);
      const stored =
        published.size === 0
          ? new Map<number, number>()
          : await storedIds(dataApi, service.definition, {
              first,
              end: Math.max(...published) + 1,
              schema: cluster.schema,
            });
      const over = clock.now() >= deadlineMs;
      const missing = [...published].some((id) => !stored.has(id));
      // Reading dead letters hides them from others for a while: not before they matter.
      const dead =
        missing && (waiting === 0 || over)
          ? await deadLetterIds(clients.sqs, document, service.load, signal)
          : new Set<number>();
      const reconciliation = reconcile(published, stored, dead);
      // While something is under way, it may still be stored a second time.
      if ((reconciliation.lost === 0 && waiting === 0) || over) {
        const ages = await endToEnd(reconciliation.stored);
        return { system, reconciliation, problem: null, waiting, endToEnd: ages };
      }
      if (!told)
        output.progress(`${system}: ${reconciliation.lost} messages are not stored yet, ${waiting} wait`);
      told = true;
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() >= deadlineMs) {
        const problem = describeError(error);
        return { system, reconciliation: null, problem, waiting: 0, endToEnd: await endToEnd(0) };
      }
    }
    await clock.sleep(betweenLooksMs, signal);
  }
}
