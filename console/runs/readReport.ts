import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RunReport } from '../wire.ts';
import { parseJournal, type JournalLine } from './journal.ts';
import { breakpointSchema, drillSchema, recoverySchema, runSchema, verdictSchema } from './records.ts';
import { reportOf } from './summary.ts';

const files = {
  run: 'run.json',
  verdict: 'verdict.json',
  recovery: 'recovery.json',
  breakpoint: 'breakpoint.json',
  drill: 'drill.json',
  journal: 'drill-journal.jsonl',
};

/** What a run may leave in its folder. */
export const recordFiles: readonly string[] = Object.values(files);

/** A rehearsal holds its parts one folder below its own. */
const maximumDepth = 2;

/** A run by the files of its folder; null when none of them tells what it was. */
export async function readReport(directory: string, id: string): Promise<RunReport | null> {
  const text = (file: string): Promise<string> => readFile(join(directory, file), 'utf8').catch(() => '');
  return reportOf(id, {
    run: parse(runSchema, await text(files.run)),
    verdict: parse(verdictSchema, await text(files.verdict)),
    recovery: parse(recoverySchema, await text(files.recovery)),
    breakpoint: parse(breakpointSchema, await text(files.breakpoint)),
    drill: parse(drillSchema, await text(files.drill)),
    journal: await readJournalLines(directory),
  });
}

export const readJournalLines = async (directory: string): Promise<JournalLine[]> =>
  parseJournal(await readFile(join(directory, files.journal), 'utf8').catch(() => ''));

/**
 * Folders below the root that hold a record, by their paths from it; empty for the root itself. The load of a
 * drill belongs to the drill.
 * @param newest of the root's own folders so many are looked at, the last by name
 */
export async function foldersWithRecords(root: string, newest: number): Promise<string[]> {
  const find = async (id: string, depth: number): Promise<string[]> => {
    const entries = await readdir(join(root, id), { withFileTypes: true }).catch(() => []);
    if (entries.some((entry) => entry.isFile() && recordFiles.includes(entry.name))) return [id];
    if (depth === maximumDepth) return [];
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const looked = depth === 0 ? folders.sort().slice(-newest) : folders;
    const below = await Promise.all(looked.map((name) => find(join(id, name), depth + 1)));
    return below.flat();
  };
  return find('', 0);
}

/** Null for what is not there, or not what it should be. */
function parse<S extends z.ZodType>(schema: S, text: string): z.output<S> | null {
  if (text === '') return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
