import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describeError } from '../../core/describeError.ts';
import { ownIdentity } from '../../core/process/processes.ts';
import { reserveIds } from '../../loadtests/messages/ids.ts';
import { loadService } from '../../fleet/service.ts';
import { limits } from '../../monitoring/limits.ts';
import { publishedRowsKind, type PublishedRows } from '../../records/publishedRows.ts';
import { writeRecord } from '../../records/recordFile.ts';
import type { OperationContext } from '../context.ts';
import type { MessagingDocument } from '../../fleet/systemDocument.ts';
import type { Target } from '../target.ts';
import { eachSystem } from '../eachSystem.ts';
import { describeLeft } from './describeLeft.ts';
import { forgetRemoved } from './forgetRemoved.ts';
import { removeFromSystem, type RemovalOptions, type RemovedRows } from './removeFromSystem.ts';

/** How many ids of each system were published and are stored sooner or later; null where nobody knows. */
export type Acknowledged = ReadonlyMap<string, number | null>;

export interface Publishing {
  /** Leaves them in the tables. */
  keepData: boolean;
  /** Leaves them for who judges the run later, and then to `chaos restore`. */
  removedLater?: boolean;
  /** No system is sent more messages. */
  mostMessages: number;
}

type Reached = Pick<Target, 'stage' | 'fleet'> & {
  systems: readonly MessagingDocument[];
  connection: RemovalOptions['connection'];
};

/**
 * Does what publishes to a stage, and removes what that stores from its tables afterwards, whatever the end. A record in
 * `directory` tells of them meanwhile: `chaos restore` removes what a killed process has left. The record stays where
 * something may still come, and says no more than that.
 * @param work told the first of its ids; it answers with what was published
 * @throws FileWriteError when the record cannot be written: nothing was published; else what the work throws
 */
export async function whilePublishing<Result>(
  context: OperationContext,
  target: Reached,
  directory: string,
  { keepData, removedLater = false, mostMessages }: Publishing,
  work: (firstId: number) => Promise<{ result: Result; acknowledged: Acknowledged }>,
): Promise<Result> {
  const first = reserveIds(context.random);
  if (keepData) return (await work(first)).result;
  const { blockSize } = limits.messageIds;
  const path = join(directory, publishedRowsKind.fileName);
  const published: PublishedRows = {
    schemaVersion: 1,
    stage: target.stage,
    systems: target.systems.map(({ system }) => system),
    ids: { first, last: first + Math.max(1, Math.ceil(mostMessages / blockSize)) * blockSize - 1 },
    at: new Date(context.clock.now()).toISOString(),
    owner: { process: await ownIdentity(), host: hostname() },
  };
  await mkdir(directory, { recursive: true });
  await writeRecord(publishedRowsKind, path, published);
  let acknowledged: Acknowledged | null = null;
  try {
    const done = await work(first);
    acknowledged = done.acknowledged;
    return done.result;
  } finally {
    if (removedLater) {
      context.output.progress(
        `its test rows stay until the whole run is judged; then remove them: npx headroom chaos restore --stage ${target.stage}`,
      );
    } else
      // What keeps them from being removed is told, and takes no answer away.
      await removeAfter(context, target, published, acknowledged)
        .then((removed) => forgetRemoved(path, removed))
        .catch((error: unknown) => context.output.progress(`${path}: ${describeError(error)}`));
  }
}

/** What became of them. @param acknowledged null where the work threw */
async function removeAfter(
  { clock, signal, output }: OperationContext,
  { stage, systems, fleet, connection }: Reached,
  { ids }: PublishedRows,
  acknowledged: Acknowledged | null,
): Promise<RemovedRows[]> {
  if (signal.aborted) output.progress('removing the rows of the published messages');
  const longest = limits.delivery.withinMs[connection.place];
  const withinMs = signal.aborted ? Math.min(longest, limits.removal.interruptedMs) : longest;
  const service = await loadService(fleet.service);
  const results = await eachSystem(systems, (document) => {
    const known = acknowledged?.get(document.system);
    return removeFromSystem(document, {
      connection,
      service,
      clock,
      ids,
      // Without an entry nothing was published to this one.
      published: acknowledged !== null && known === undefined ? 0 : (known ?? null),
      // What throws had mostly not begun.
      probablyNone: acknowledged === null,
      withinMs,
      deadLetters: 'leave',
    });
  });
  const removed = results.reduce((sum, one) => sum + one.removed, 0);
  if (removed > 0)
    output.progress(`${removed} test rows removed (--keep-data would keep them); seeded rows stay`);
  for (const line of describeLeft(results)) {
    output.progress(`${line}: npx headroom chaos restore --stage ${stage}`);
  }
  return results;
}
