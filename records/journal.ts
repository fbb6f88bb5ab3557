import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { describeError } from '../core/describeError.ts';
import { JournalError } from './errors.ts';

/** Name of a journal in a drill's directory. */
export const journalFileName = 'drill-journal.jsonl';

const sequence = z.number().int().nonnegative();
const at = z.iso.datetime({ precision: 3 });

/** A step about to be taken: enough to undo it without the process that took it. */
const intentSchema = z.strictObject({
  kind: z.literal('intent'),
  sequence,
  at,
  step: z.enum(['inject', 'restore']),
  fault: z.string(),
  system: z.string(),
  arguments: z.unknown(),
  /** Arguments of the fault's restore; null where the fault heals by itself. */
  inverse: z.unknown().nullable(),
  /** ARN of a schedule armed to undo it on its own; null without one. */
  schedule: z.string().nullable(),
});

const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('begin'),
    schemaVersion: z.literal(1),
    at,
    drillId: z.string(),
    drill: z.string(),
    stage: z.string(),
    place: z.enum(['local', 'aws']),
  }),
  intentSchema,
  /** The inverse of the intent with this sequence took effect. */
  z.strictObject({ kind: z.literal('undone'), sequence, at }),
  z.strictObject({ kind: z.literal('end'), at, verdict: z.string() }),
]);

export type JournalEntry = z.infer<typeof entrySchema>;
export type Intent = z.infer<typeof intentSchema>;

export interface Journal {
  readonly path: string;
  /**
   * Resolves when the entry is on the disk. Entries are written in the order of the calls.
   * @throws JournalError; then the step it announces must not be taken.
   */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal for appending; creates it, and its directory, where there is none. An unfinished last
 * line is cut off.
 */
export async function openJournal(path: string): Promise<Journal> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    const written = await file.readFile();
    await file.truncate(written.lastIndexOf('\n') + 1);
    await syncDirectory(dirname(path));
    let last: Promise<void> = Promise.resolve();
    const write = async (entry: JournalEntry): Promise<void> => {
      try {
        await file.appendFile(`${JSON.stringify(entry)}\n`);
        await file.sync();
      } catch (error) {
        throw new JournalError(path, `cannot be written: ${describeError(error)}`, { cause: error });
      }
    };
    return {
      path,
      append: (entry) => {
        const appended = last.then(() => write(entry));
        last = appended.catch(() => undefined);
        return appended;
      },
      close: async () => {
        await last;
        await file.close();
      },
    };
  } catch (error) {
    throw new JournalError(path, `cannot be opened: ${describeError(error)}`, { cause: error });
  }
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

/**
 * A journal's entries. An unfinished last line is left out: its step was never taken, since the line is
 * complete on the disk first.
 * @throws JournalError naming the first line that is not an entry.
 */
export async function readJournal(path: string): Promise<JournalEntry[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new JournalError(path, `cannot be read: ${describeError(error)}`, { cause: error });
  }
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, index) => parseEntry(path, line, index + 1));
}

function parseEntry(path: string, line: string, number: number): JournalEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new JournalError(path, `line ${number}: not JSON`, { cause: error });
  }
  const result = entrySchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new JournalError(
    path,
    `line ${number}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected shape'}`,
    { cause: result.error },
  );
}

/** Steps that may have been taken and are not undone, the newest first: the order to undo them in. */
export function outstandingIntents(entries: readonly JournalEntry[]): Intent[] {
  const undone = new Set(entries.filter((entry) => entry.kind === 'undone').map((entry) => entry.sequence));
  return entries
    .filter((entry) => entry.kind === 'intent')
    .filter(
      ({ step, inverse, sequence: number }) => step === 'inject' && inverse !== null && !undone.has(number),
    )
    .toReversed();
}
