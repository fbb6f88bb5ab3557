import { readFile } from 'node:fs/promises';
import { describeError } from '../core/describeError.ts';
import { describeIssues, parseVersionedJson } from '../core/versionedJson.ts';
import { writeWhole } from '../core/writeWhole.ts';
import { RecordError } from './errors.ts';
import type { RecordFormat } from './recordKind.ts';

/** What was found where a record may be: four answers, and none but `readable` can be part of a pass. */
export type Found<T> = Absent | Readable<T> | Unreadable | OtherVersion;

export interface Absent {
  readonly state: 'absent';
}
export interface Readable<T> {
  readonly state: 'readable';
  readonly record: T;
}
export interface Unreadable {
  readonly state: 'unreadable';
  /** Names the file and the field. */
  readonly error: RecordError;
}
export interface OtherVersion {
  readonly state: 'otherVersion';
  readonly error: RecordError;
}

/** Reads what may be there. */
export async function readRecord<T>({ schema }: RecordFormat<T>, path: string): Promise<Found<T>> {
  const text = await readText(path);
  if (text.state !== 'readable') return text;
  const parsed = parseVersionedJson(schema, text.record);
  return parsed.state === 'readable'
    ? { state: 'readable', record: parsed.document }
    : { state: parsed.state, error: new RecordError(path, parsed.problem) };
}

/**
 * The record; null where there is none.
 * @throws RecordError when it cannot be read, or is of another version
 */
export function recordOrNull<T>(found: Found<T>): T | null {
  switch (found.state) {
    case 'readable':
      return found.record;
    case 'absent':
      return null;
    case 'unreadable':
    case 'otherVersion':
      throw found.error;
  }
}

/**
 * Reads what must be there.
 * @throws RecordError when it is not there, cannot be read, or is of another version
 */
export async function requireRecord<T>(kind: RecordFormat<T>, path: string): Promise<T> {
  const record = recordOrNull(await readRecord(kind, path));
  if (record === null) throw new RecordError(path, 'there is no such file');
  return record;
}

/**
 * Writes a record, whole or not at all.
 * @throws FileWriteError when the file cannot be written
 * @throws TypeError for what no reader would take: a bug of who made it
 */
export async function writeRecord<T>(kind: RecordFormat<T>, path: string, record: T): Promise<void> {
  const { success, data, error } = kind.schema.safeParse(record);
  if (!success) throw new TypeError(`no record for ${path}: ${describeIssues(error.issues)}`);
  await writeWhole(path, kind.indent > 0 ? `${JSON.stringify(data, null, kind.indent)}\n` : longText(data));
}

/** The text of a long record in pieces: as one string it would take as much room again as the record. */
function* longText(record: unknown): Generator<string> {
  yield* pieces(record, 4);
  yield '\n';
}

/** @param depth below which a value is one piece */
function* pieces(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value);
    return;
  }
  const isList = Array.isArray(value);
  yield isList ? '[' : '{';
  let comma = '';
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    yield isList ? comma : `${comma}${JSON.stringify(key)}:`;
    yield* pieces(each, depth - 1);
    comma = ',';
  }
  yield isList ? ']' : '}';
}

/** The text of a file that may be there. */
export async function readText(path: string): Promise<Absent | Readable<string> | Unreadable> {
  try {
    return { state: 'readable', record: await readFile(path, 'utf8') };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { state: 'absent' };
    const problem = `cannot be read: ${describeError(error)}`;
    return { state: 'unreadable', error: new RecordError(path, problem, { cause: error }) };
  }
}
