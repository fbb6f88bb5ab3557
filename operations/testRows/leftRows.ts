import type { Clock } from '../../core/clock.ts';
import { filesNamed } from '../../core/filesNamed.ts';
import type { Service } from '../../fleet/service.ts';
import type { MessagingDocument } from '../../fleet/systemDocument.ts';
import type { RecordError } from '../../records/errors.ts';
import { isAlive } from '../../records/livingOwner.ts';
import { publishedRowsKind, type PublishedRows } from '../../records/publishedRows.ts';
import { readRecord } from '../../records/recordFile.ts';
import { forgetRemoved } from './forgetRemoved.ts';
import { removeFromAll, type RemovalOptions, type RemovedRows } from './removeFromSystem.ts';

export interface LeftRowsOptions {
  /** Searched for records at any depth. */
  directory: string;
  stage: string;
  /** Those of the stage: of a system that is gone nothing is left. */
  systems: readonly MessagingDocument[];
  connection: RemovalOptions['connection'];
  service: Service;
  clock: Clock;
  /** This machine's name, by which it knows its own runs again. */
  host: string;
  /** Removes what runs publish that are still under way, too. */
  force?: boolean;
}

/** What became of the test rows of one run. */
export interface LeftRows {
  path: string;
  systems: RemovedRows[];
  /** The process whose run is still under way here, and removes its own: nothing was touched. */
  living: string | null;
  /** Why nobody knows which they are. */
  unreadable: RecordError | null;
}

/**
 * Removes the test rows of runs whose process died, with those that the subscriber gave up. Safe to repeat. Where
 * something may still come, it says so, and the next call removes that.
 */
export async function removeLeftRows(options: LeftRowsOptions): Promise<LeftRows[]> {
  const paths = await filesNamed(options.directory, [publishedRowsKind.fileName]);
  const all = await Promise.all(paths.map((path) => removeOf(path, options)));
  return all.filter((one) => one !== null);
}

/** Null for another stage's. */
async function removeOf(path: string, options: LeftRowsOptions): Promise<LeftRows | null> {
  const found = await readRecord(publishedRowsKind, path);
  if (found.state === 'absent') return null;
  if (found.state !== 'readable') return { path, systems: [], living: null, unreadable: found.error };
  const { stage, owner } = found.record;
  if (stage !== options.stage) return null;
  const { host, force = false } = options;
  if (!force && (await isAlive(owner, host))) {
    return { path, systems: [], living: owner.process, unreadable: null };
  }
  const systems = await removeOfRun(found.record, options);
  await forgetRemoved(path, systems);
  return { path, systems, living: null, unreadable: null };
}

async function removeOfRun(
  { systems: names, ids }: PublishedRows,
  { systems, connection, service, clock }: LeftRowsOptions,
): Promise<RemovedRows[]> {
  const published = new Set(names);
  const reached = systems.filter(({ system }) => published.has(system));
  return removeFromAll(reached, { connection, service, clock, ids });
}

/** Whether something is still to be removed. */
export const leavesRows = (runs: readonly LeftRows[]): boolean =>
  runs.some(
    ({ systems, living, unreadable }) =>
      living !== null || unreadable !== null || systems.some(({ left }) => left.length > 0),
  );
