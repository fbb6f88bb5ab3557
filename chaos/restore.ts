import { readdir } from 'node:fs/promises';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/describeError.ts';
import type { RestoreClients } from './faults/fault.ts';
import { faultNamed } from './faults/index.ts';
import type { RecordError } from '../records/errors.ts';
import { outstandingIntents, type Intent, type JournalEntry } from '../records/journal.ts';
import { journalFileName, openJournal, readJournal, type FoundJournal } from '../records/journalFile.ts';
import { disarmSafetyNet } from './safetyNet.ts';

export interface RestoreOptions {
  /** Searched for journals at any depth. */
  directory: string;
  /** The stage that the clients lead to; journals of others are left alone. */
  stage: string;
  clients: RestoreClients & { scheduler: SchedulerClient };
  clock: Clock;
  onProgress?: (line: string) => void;
}

/** What became of one journal. */
export interface RestoredJournal {
  path: string;
  drillId: string | null;
  /** `fault system` of every step undone now. */
  undone: string[];
  /** What is still to be undone, each with its reason. */
  problems: string[];
  /** Why it could not be read as a whole: it may have left more than could be undone. Null: all of it was read. */
  unreadable: RecordError | null;
}

/**
 * Undoes what drills left whose process died: every step that a journal announces and does not record as
 * undone, on this stage. Safe to repeat, and safe while a drill runs, save that it ends that drill's fault. Of a journal
 * that cannot be read as a whole, what can be read is undone. Journals with nothing left to undo are not in the answer.
 */
export async function restoreFromJournals(options: RestoreOptions): Promise<RestoredJournal[]> {
  const results: RestoredJournal[] = [];
  for (const path of await journalsBelow(options.directory)) {
    const result = await restoreJournal(path, options);
    if (result.undone.length > 0 || result.problems.length > 0 || result.unreadable) results.push(result);
  }
  return results;
}

async function journalsBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name === journalFileName)
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function restoreJournal(path: string, options: RestoreOptions): Promise<RestoredJournal> {
  const found = await readJournal(path);
  const unreadable = 'error' in found ? found.error : null;
  const result: RestoredJournal = { path, drillId: null, undone: [], problems: [], unreadable };
  const entries = entriesOf(found);
  const begin = entries.find((entry) => entry.kind === 'begin');
  if (begin === undefined) return result;
  if (begin.stage !== options.stage) return { ...result, unreadable: null };
  result.drillId = begin.drillId;
  const undone: Intent[] = [];
  for (const intent of outstandingIntents(entries)) {
    const name = `${intent.fault} ${intent.system}`;
    try {
      await undo(intent, options);
      undone.push(intent);
      result.undone.push(name);
      options.onProgress?.(`restored: ${name}`);
    } catch (error) {
      result.problems.push(`${name}: ${describeError(error)}`);
    }
  }
  try {
    await recordUndone(path, undone, options.clock);
  } catch (error) {
    result.problems.push(describeError(error));
  }
  return result;
}

function entriesOf(found: FoundJournal): JournalEntry[] {
  switch (found.state) {
    case 'readable':
      return found.record;
    case 'unreadable':
      return found.rest;
    case 'absent':
    case 'otherVersion':
      return [];
  }
}

async function undo(intent: Intent, { clients, clock }: RestoreOptions): Promise<void> {
  const fault = faultNamed(intent.fault);
  if (fault === undefined) {
    throw new Error(
      `this version knows no fault "${intent.fault}"; undo it by hand: ${JSON.stringify(intent.inverse)}`,
    );
  }
  await fault.restore(intent.inverse, { clients, clock });
  if (intent.schedule !== null) await disarmSafetyNet(clients.scheduler, intent.schedule);
}

async function recordUndone(path: string, undone: readonly Intent[], clock: Clock): Promise<void> {
  if (undone.length === 0) return;
  const journal = await openJournal(path);
  try {
    const at = new Date(clock.now()).toISOString();
    for (const { sequence } of undone) await journal.append({ kind: 'undone', sequence, at });
  } finally {
    await journal.close();
  }
}
