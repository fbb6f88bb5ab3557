import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileWriteError } from '../core/errors.ts';
import { describeIssues, parseVersionedJson } from '../core/versionedJson.ts';
import { RecordError } from './errors.ts';
import { journalEntrySchema, type JournalEntry } from './journal.ts';
import { readText, type Absent, type OtherVersion, type Readable, type Unreadable } from './recordFile.ts';

/** Name of a journal in a drill's directory. */
export const journalFileName = 'drill-journal.jsonl';

/** Name of the same where sizes of a function were measured. */
export const sizeJournalFileName = 'size-journal.jsonl';

export interface Journal {
  readonly path: string;
  /**
   * Resolves when the entry is on the disk. Entries are written in the order of the calls.
   * @throws FileWriteError; then the step it announces must not be taken.
   * @throws TypeError for what no reader would take: a bug of who made it
   */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal for appending; creates it, and its directory, where there is none. An unfinished last
 * line is cut off.
 * @throws FileWriteError
 */
export async function openJournal(path: string): Promise<Journal> {
  const file = await openWhole(path).catch((error: unknown) => {
    throw new FileWriteError(path, error);
  });
  let last: Promise<void> = Promise.resolve();
  const write = async (line: string): Promise<void> => {
    try {
      await file.appendFile(line);
      await file.sync();
    } catch (error) {
      // The next entry shall not stand behind half of this one.
      await cutUnfinished(path).catch(() => undefined);
      throw new FileWriteError(path, error);
    }
  };
  return {
    path,
    append: (entry) => {
      const appended = last.then(() => write(`${textOf(path, entry)}\n`));
      last = appended.catch(() => undefined);
      return appended;
    },
    close: async () => {
      await last;
      await file.close();
    },
  };
}

async function openWhole(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  try {
    await cutUnfinished(path);
    await syncDirectory(dirname(path));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function textOf(path: string, entry: JournalEntry): string {
  const { success, data, error } = journalEntrySchema.safeParse(entry);
  if (!success) throw new TypeError(`no entry for ${path}: ${describeIssues(error.issues)}`);
  return JSON.stringify(data);
}

async function cutUnfinished(path: string): Promise<void> {
  const written = await readFile(path);
  const wholeBytes = written.lastIndexOf('\n') + 1;
  if (wholeBytes < written.length) await truncate(path, wholeBytes);
}

/** A new file's name is on the disk only when its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A journal's entries, in order. Of one that cannot be read as a whole, `rest` is what can be: enough to undo. */
export type FoundJournal =
  | Absent
  | Readable<JournalEntry[]>
  | (Unreadable & { readonly rest: JournalEntry[] })
  | OtherVersion;

/**
 * Reads a journal that may be there. A last line without its end is left out, and nothing is lost by that: a
 * step is taken only after its line is on the disk as a whole, so a process that died in the middle of a line
 * has not taken that step. A journal without any line is that of a drill which did nothing yet.
 */
export async function readJournal(path: string): Promise<FoundJournal> {
  const text = await readText(path);
  if (text.state === 'absent') return text;
  if (text.state === 'unreadable') return { ...text, rest: [] };
  const entries: JournalEntry[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.record.split('\n').slice(0, -1).entries()) {
    const parsed = parseVersionedJson(journalEntrySchema, line);
    if (parsed.state === 'otherVersion') {
      return { state: 'otherVersion', error: new RecordError(path, `line ${index + 1}: ${parsed.problem}`) };
    }
    if (parsed.state === 'unreadable') problems.push(`line ${index + 1}: ${parsed.problem}`);
    else if (index === 0 && parsed.document.kind !== 'begin') {
      problems.push(`line 1: kind: expected 'begin', received '${parsed.document.kind}'`);
    } else entries.push(parsed.document);
  }
  const [first] = problems;
  if (first === undefined) return { state: 'readable', record: entries };
  const more = problems.length > 1 ? `; and ${problems.length - 1} more lines` : '';
  return { state: 'unreadable', error: new RecordError(path, first + more), rest: entries };
}
