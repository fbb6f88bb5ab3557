import { join } from 'node:path';
import type { PublishedDocument } from '../fleet/systemDocument.ts';
import type { MessagesSeen } from '../loadtests/messages/reconcile.ts';
import { profileOf, takesMessages } from '../loadtests/runner/load.ts';
import { limits } from '../monitoring/limits.ts';
import { aboutRun } from '../records/aboutRun.ts';
import { placeOfAll } from '../records/fields.ts';
import { readRecord, recordOrNull, writeRecord } from '../records/recordFile.ts';
import type { RunFile } from '../records/run.ts';
import { seenMessagesKind } from '../records/seenMessages.ts';
import type { OperationContext } from './context.ts';
import { eachSystem } from './eachSystem.ts';
import type { Target } from './target.ts';
import { whatBecameOf } from './whatBecame.ts';

/**
 * What became of a run's messages, by their ids: as the load saw it before it removed them, or as the tables have it now.
 * @throws RecordError when what the load kept cannot be read; the signal's reason
 */
export async function messagesOfRun(
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
): Promise<ReadonlyMap<string, MessagesSeen>> {
  const kept = recordOrNull(await readRecord(seenMessagesKind, join(directory, seenMessagesKind.fileName)));
  if (kept === null) return look(context, target, run);
  return new Map(kept.systems.map(({ system, ...seen }) => [system, seen]));
}

/**
 * Waits until a run's messages are stored or given up, and keeps what became of them in `directory/messages.json` for the
 * gate, since nothing of it is in the tables any more once they are removed. A run without messages leaves none, nor does
 * one that no gate judges.
 * @throws FileWriteError; the signal's reason
 */
export async function keepMessagesOfRun(
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
  directory: string,
): Promise<void> {
  if (profileOf(run).judged === null) return;
  const seen = await look(context, target, run);
  if (seen.size === 0) return;
  await writeRecord(seenMessagesKind, join(directory, seenMessagesKind.fileName), {
    schemaVersion: 1,
    ...aboutRun(run, placeOfAll(run.place, target.connection.place)),
    at: new Date(context.clock.now()).toISOString(),
    systems: [...seen].map(([system, messages]) => ({ system, ...messages })),
  });
}

/** Right after the run they have as long as a batch that failed twice. */
async function look(
  context: OperationContext,
  target: Target<PublishedDocument>,
  run: RunFile,
): Promise<ReadonlyMap<string, MessagesSeen>> {
  const asked = target.systems.filter(takesMessages);
  const published = asked.filter(({ system }) =>
    run.systems.some((each) => each.system === system && (each.messages?.acknowledgedIds ?? []).length > 0),
  );
  const untilMs = Date.parse(run.windows.run.end) + limits.delivery.withinMs[target.connection.place];
  const { signal } = context;
  const seen = await eachSystem(
    published,
    async (document) =>
      [document.system, await whatBecameOf(context, target, run, document, untilMs)] as const,
    { signal },
  );
  return new Map(seen);
}
