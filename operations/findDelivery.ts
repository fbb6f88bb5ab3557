import { join } from 'node:path';
import { describeError } from '../core/describeError.ts';
import type { SystemDocument } from '../fleet/systemDocument.ts';
import { deliveryFile, deliveryOf } from '../loadtests/messages/delivery.ts';
import { storedAges } from '../loadtests/messages/storedAges.ts';
import { latencySummary } from '../loadtests/runner/latencySummary.ts';
import { limits } from '../monitoring/limits.ts';
import { deliveryKind, type DeliveryFile, type SystemDelivery } from '../records/delivery.ts';
import { writeRecord } from '../records/recordFile.ts';
import { placeOfAll } from '../records/fields.ts';
import type { RunFile } from '../records/run.ts';
import type { OperationContext } from './context.ts';
import type { Target } from './target.ts';
import { whatBecameOf } from './whatBecame.ts';

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
  const systems = await Promise.all(published.map((document) => deliveryTo(context, target, run, document)));
  const place = placeOfAll(run.place, target.connection.place);
  const delivery = deliveryFile(run, systems, { place, answeredAtMs: clock.now() });
  const path = join(directory, deliveryKind.fileName);
  await writeRecord(deliveryKind, path, delivery);
  output.progress(`delivery: ${path}`);
  return delivery;
}

async function deliveryTo(
  context: OperationContext,
  target: Target,
  run: RunFile,
  document: SystemDocument,
): Promise<SystemDelivery> {
  const untilMs = context.clock.now() + limits.delivery.withinMs[target.connection.place];
  const seen = await whatBecameOf(context, target, run, document, untilMs);
  const endToEnd = await endToEndOf(context, target, run, document, seen.reconciliation?.stored ?? 0);
  return deliveryOf(run, { system: document.system, ...seen, endToEnd });
}

async function endToEndOf(
  { clock, signal }: OperationContext,
  { connection }: Target,
  run: RunFile,
  { logGroups }: SystemDocument,
  stored: number,
): Promise<SystemDelivery['endToEnd']> {
  const window = { startMs: Date.parse(run.windows.run.start), endMs: clock.now() };
  try {
    const ages = await storedAges(connection.clients.logs, logGroups.subscriber, window, signal);
    const reason = ages.length < stored ? `the log has the ages of ${ages.length} of ${stored}` : null;
    return { messages: ages.length, ms: latencySummary(ages), reason };
  } catch (error) {
    signal.throwIfAborted();
    return { messages: 0, ms: null, reason: describeError(error) };
  }
}
