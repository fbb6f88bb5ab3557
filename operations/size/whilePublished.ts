import { hostname } from 'node:os';
import { join } from 'node:path';
import { FaultNotAppliedError, NotRestoredError } from '../../chaos/errors.ts';
import type { DrillClients, FaultContext } from '../../chaos/faults/fault.ts';
import type { PublishedSizes } from '../../chaos/publishedSizes.ts';
import { publishedSchema, publishSizes } from '../../chaos/faults/publishSizes.ts';
import type { Clock } from '../../core/clock.ts';
import { describeError } from '../../core/describeError.ts';
import { ownIdentity } from '../../core/process/processes.ts';
import type { PublishedDocument } from '../../fleet/systemDocument.ts';
import type { Place } from '../../records/fields.ts';
import { openJournal, sizeJournalFileName, type Journal } from '../../records/journalFile.ts';
import { UsageError } from '../errors.ts';

export interface Publication {
  id: string;
  place: Place;
  system: Pick<PublishedDocument, 'stage' | 'system'>;
  sizes: PublishedSizes;
  clients: DrillClients;
  /** Where the journal stands. */
  directory: string;
  clock: Clock;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/** The only one that is announced in its journal. */
const sequence = 0;

/**
 * Works while a function is published in several sizes, and leaves it as it was on every way out. What is about to be
 * done stands in a journal first, by which `chaos restore` undoes it after a kill.
 * @param work is told each size's version
 * @throws UsageError when something stands in the way: nothing was touched
 * @throws NotRestoredError when something is left to be undone
 */
export async function whilePublished<T>(
  publication: Publication,
  work: (versions: ReadonlyMap<number, string>) => Promise<T>,
): Promise<T> {
  const { id, place, system, sizes, clients, directory, clock, signal } = publication;
  const obstacle = await publishSizes.obstacle(sizes, clients);
  if (obstacle !== null) throw new UsageError(`${obstacle}.`);
  const now = (): string => new Date(clock.now()).toISOString();
  const journal = await openJournal(join(directory, sizeJournalFileName));
  try {
    const owner = { process: await ownIdentity(), host: hostname() };
    const about = { drillId: id, drill: 'size', stage: system.stage, place, owner };
    await journal.append({ kind: 'begin', schemaVersion: 1, at: now(), ...about });
    const step = { step: 'inject', fault: publishSizes.name, system: system.system, schedule: null } as const;
    await journal.append({ kind: 'intent', sequence, at: now(), ...step, arguments: sizes, inverse: sizes });
    const versions = new Map<number, string>();
    const note: FaultContext['note'] = async (what) => {
      const { memoryMiB, version } = publishedSchema.parse(what);
      versions.set(memoryMiB, version);
      await journal.append({ kind: 'reached', sequence, at: now(), what });
    };
    try {
      await publishSizes.inject(sizes, { clients, clock, publisher: nobody, signal, note });
      return await work(versions);
    } catch (error) {
      throw error instanceof FaultNotAppliedError ? new UsageError(`${error.message}.`) : error;
    } finally {
      await undo(publication, journal);
    }
  } finally {
    await journal.close();
  }
}

/** @throws NotRestoredError saying what is left, and who undoes it */
async function undo(publication: Publication, journal: Journal): Promise<void> {
  const { system, sizes, clients, clock, onProgress } = publication;
  const at = (): string => new Date(clock.now()).toISOString();
  try {
    const context = { clients, clock, injectedAtMs: clock.now(), reached: [] };
    const remark = await publishSizes.restore(sizes, context);
    if (remark !== null) onProgress(remark);
  } catch (error) {
    throw new NotRestoredError(
      `${sizes.functionName} is not as it was before: ${describeError(error)}; ` +
        `run "headroom chaos restore --stage ${system.stage}"`,
      { cause: error },
    );
  }
  // A journal that cannot be written keeps nothing in place.
  await journal
    .append({ kind: 'undone', sequence, at: at() })
    .catch((error: unknown) => onProgress(describeError(error)));
}

/** No drill's messages are published meanwhile. */
const nobody: FaultContext['publisher'] = {
  slipIn: () => Promise.reject(new TypeError('nothing is published while sizes are measured')),
};
