import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/describeError.ts';
import { filesNamed } from '../core/filesNamed.ts';
import { settleAtMost } from '../core/settleAtMost.ts';
import { limits } from '../monitoring/limits.ts';
import type { RestoreClients } from './faults/fault.ts';
import { faultNamed } from './faults/index.ts';
import type { RecordError } from '../records/errors.ts';
import { outstandingIntents, reachedBy, type Intent, type JournalEntry } from '../records/journal.ts';
import {
  journalFileName,
  openJournal,
  readJournal,
  sizeJournalFileName,
  type FoundJournal,
} from '../records/journalFile.ts';
import { isAlive } from '../records/livingOwner.ts';
import { disarmSafetyNet } from './safetyNet.ts';

export interface RestoreOptions {
  /** Searched for journals at any depth. */
  directory: string;
  /** The stage that the clients lead to; journals of others are left alone. */
  stage: string;
  clients: RestoreClients & { scheduler: SchedulerClient };
  clock: Clock;
  /** This machine's name, by which it knows its own drills again. */
  host: string;
  /** Undoes the faults of drills that still run, too. */
  force?: boolean;
  onProgress?: (line: string) => void;
}

/** What became of one journal. */
export interface RestoredJournal {
  path: string;
  drillId: string | null;
  /** `fault system` of every step undone now. */
  undone: string[];
  /** What is to be known of those, one sentence each. */
  remarks: string[];
  /** What is still to be undone, each with its reason. */
  problems: string[];
  /** The process whose drill still runs here, which undoes its own faults: nothing was touched. */
  living: string | null;
  /** Why it could not be read as a whole: it may have left more than could be undone. Null: all of it was read. */
  unreadable: RecordError | null;
}

/** A journal of this stage, and what it leaves to be undone. */
interface Opened {
  result: RestoredJournal;
  entries: readonly JournalEntry[];
  intents: readonly Intent[];
  /** Of those, the ones that are undone now. */
  undone: Intent[];
}

/**
 * Undoes what drills left whose process died: every step that a journal announces and does not record as undone, on
 * this stage. What cuts traffic is undone before all else, and everything at once, save what one drill did to one
 * system: that in its order. Safe to repeat. A drill that still runs on this machine is left alone, unless forced. Of a
 * journal that cannot be read as a whole, what can be read is undone. Journals with nothing left to undo are not in the
 * answer.
 */
export async function restoreFromJournals(options: RestoreOptions): Promise<RestoredJournal[]> {
  const journals: Opened[] = [];
  for (const path of await filesNamed(options.directory, journalFileNames)) {
    const opened = await open(path, options);
    if (opened) journals.push(opened);
  }
  const chains = journals.flatMap((journal) => chainsOf(journal));
  for (const cutsTraffic of [true, false]) {
    const now = chains.filter((chain) => chain.cutsTraffic === cutsTraffic);
    await settleAtMost(now, limits.systemsAtOnce, (chain) => undoChain(chain, options));
  }
  await Promise.all(journals.map((journal) => recordUndone(journal, options.clock)));
  return journals
    .map(({ result }) => result)
    .filter(
      ({ undone, problems, unreadable, living }) =>
        undone.length > 0 || problems.length > 0 || unreadable !== null || living !== null,
    );
}

const journalFileNames = [journalFileName, sizeJournalFileName];

/** Null for one of another stage. */
async function open(path: string, { stage, host, force = false }: RestoreOptions): Promise<Opened | null> {
  const found = await readJournal(path);
  const unreadable = 'error' in found ? found.error : null;
  const entries = entriesOf(found);
  const begin = entries.find((entry) => entry.kind === 'begin');
  if (begin !== undefined && begin.stage !== stage) return null;
  const intents = begin === undefined ? [] : outstandingIntents(entries);
  const ended = entries.some(({ kind }) => kind === 'end');
  const living =
    !force && !ended && intents.length > 0 && (await isAlive(begin?.owner, host))
      ? (begin?.owner?.process ?? null)
      : null;
  const result: RestoredJournal = {
    path,
    drillId: begin?.drillId ?? null,
    undone: [],
    remarks: [],
    problems: [],
    living,
    unreadable,
  };
  return { result, entries, intents: living === null ? intents : [], undone: [] };
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

/** What one drill did to one system, the newest first. */
interface Chain {
  journal: Opened;
  intents: readonly Intent[];
  cutsTraffic: boolean;
}

function chainsOf(journal: Opened): Chain[] {
  const systems = new Set(journal.intents.map(({ system }) => system));
  return [...systems].map((system) => {
    const intents = journal.intents.filter((intent) => intent.system === system);
    // What nobody knows may be the worst.
    return {
      journal,
      intents,
      cutsTraffic: intents.some(({ fault }) => faultNamed(fault)?.cutsTraffic ?? true),
    };
  });
}

async function undoChain({ journal, intents }: Chain, options: RestoreOptions): Promise<void> {
  const { result, entries, undone } = journal;
  for (const intent of intents) {
    const name = `${intent.fault} ${intent.system}`;
    try {
      const remark = await undo(intent, reachedBy(entries, intent), options);
      undone.push(intent);
      result.undone.push(name);
      if (remark !== null) result.remarks.push(`${name}: ${remark}`);
      options.onProgress?.(`restored: ${name}`);
    } catch (error) {
      result.problems.push(`${name}: ${describeError(error)}`);
    }
  }
}

async function undo(
  intent: Intent,
  reached: readonly unknown[],
  { clients, clock }: RestoreOptions,
): Promise<string | null> {
  const fault = faultNamed(intent.fault);
  if (fault === undefined) {
    throw new Error(
      `this version knows no fault "${intent.fault}"; undo it by hand: ${JSON.stringify(intent.inverse)}`,
    );
  }
  const injectedAtMs = Date.parse(intent.at);
  const remark = await fault.restore(intent.inverse, { clients, clock, injectedAtMs, reached });
  if (intent.schedule !== null) await disarmSafetyNet(clients.scheduler, intent.schedule);
  return remark;
}

async function recordUndone({ result, undone }: Opened, clock: Clock): Promise<void> {
  if (undone.length === 0) return;
  try {
    const journal = await openJournal(result.path);
    try {
      const at = new Date(clock.now()).toISOString();
      for (const { sequence } of undone) await journal.append({ kind: 'undone', sequence, at });
    } finally {
      await journal.close();
    }
  } catch (error) {
    result.problems.push(describeError(error));
  }
}
