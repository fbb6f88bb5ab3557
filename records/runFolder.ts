import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { breakpointKind, type BreakpointFile } from './breakpoint.ts';
import { comparisonKind, type ComparisonFile } from './comparison.ts';
import { deliveryKind, type DeliveryFile } from './delivery.ts';
import { drillKind, type DrillResult } from './drill.ts';
import { RecordError } from './errors.ts';
import type { JournalEntry } from './journal.ts';
import { journalFileName, readJournal } from './journalFile.ts';
import { readRecord, type Found } from './recordFile.ts';
import type { RecordKind } from './recordKind.ts';
import { recoveryKind, type RecoveryFile } from './recovery.ts';
import { runKind, type RunFile } from './run.ts';
import { verdictKind, type VerdictFile } from './verdict.ts';

/** One directory a run, below it. */
export const runsDirectoryOf = (stateDirectory: string): string => join(stateDirectory, 'runs');

/** What a run may leave in its folder. */
export const recordFileNames: readonly string[] = [
  ...[runKind, verdictKind, recoveryKind, breakpointKind, deliveryKind, drillKind].map(
    ({ fileName }) => fileName,
  ),
  journalFileName,
];

/** What a run has left in its folder; null for what is not there. */
export interface RunRecords {
  run: RunFile | null;
  verdict: VerdictFile | null;
  recovery: RecoveryFile | null;
  breakpoint: BreakpointFile | null;
  delivery: DeliveryFile | null;
  comparison: ComparisonFile | null;
  drill: DrillResult | null;
  /** Of one that cannot be read, the entries that can be. */
  journal: JournalEntry[] | null;
  /** What is there and cannot be read, each by its file and field. Where there is one, nothing has passed. */
  unreadable: RecordError[];
}

/** Reads every record in the folder of a run. */
export async function readRunFolder(directory: string): Promise<RunRecords> {
  const at = <T>(kind: RecordKind<T>): Promise<Found<T>> => readRecord(kind, join(directory, kind.fileName));
  const journalPath = join(directory, journalFileName);
  const [run, verdict, recovery, breakpoint, delivery, comparison, drill, journal] = await Promise.all([
    at(runKind),
    at(verdictKind),
    at(recoveryKind),
    at(breakpointKind),
    at(deliveryKind),
    at(comparisonKind),
    at(drillKind),
    readJournal(journalPath),
  ]);
  const all = [run, verdict, recovery, breakpoint, delivery, comparison, drill, journal];
  const unreadable = all.flatMap((found) => ('error' in found ? found.error : []));
  // A result is written after the journal's end: what lacks it was cut off later.
  if (drill.state === 'readable' && journal.state === 'readable' && !hasEnded(journal.record)) {
    unreadable.push(
      new RecordError(
        journalPath,
        `line ${journal.record.length + 1}: expected the drill's end, as it has a result`,
      ),
    );
  }
  return {
    run: recordIn(run),
    verdict: recordIn(verdict),
    recovery: recordIn(recovery),
    breakpoint: recordIn(breakpoint),
    delivery: recordIn(delivery),
    comparison: recordIn(comparison),
    drill: recordIn(drill),
    journal: journal.state === 'unreadable' ? journal.rest : recordIn(journal),
    unreadable,
  };
}

const recordIn = <T>(found: Found<T>): T | null => (found.state === 'readable' ? found.record : null);

const hasEnded = (journal: readonly JournalEntry[]): boolean => journal.some(({ kind }) => kind === 'end');

/** A rehearsal holds its parts one folder below its own. */
const maximumDepth = 2;

/**
 * Folders below the root that hold a record, by their paths from it; empty for the root itself. The load of a
 * drill belongs to the drill.
 * @param newest of the root's own folders so many are looked at, the last by name
 */
export async function foldersWithRecords(root: string, newest: number): Promise<string[]> {
  const find = async (id: string, depth: number): Promise<string[]> => {
    const entries = await readdir(join(root, id), { withFileTypes: true }).catch(noneIfAbsent);
    // What cannot be listed may hold one: reading it says why not.
    if (entries === null) return [id];
    if (entries.some((entry) => entry.isFile() && recordFileNames.includes(entry.name))) return [id];
    if (depth === maximumDepth) return [];
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const looked = depth === 0 ? folders.sort().slice(-newest) : folders;
    const below = await Promise.all(looked.map((name) => find(join(id, name), depth + 1)));
    return below.flat();
  };
  return find('', 0);
}

function noneIfAbsent(error: NodeJS.ErrnoException): [] | null {
  return error.code === 'ENOENT' || error.code === 'ENOTDIR' ? [] : null;
}
