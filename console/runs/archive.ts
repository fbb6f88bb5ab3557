import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordError } from '../../records/errors.ts';
import { journalFileName, readJournal } from '../../records/journalFile.ts';
import {
  foldersWithRecords,
  readRunFolder,
  recordFileNames,
  runsDirectoryOf,
} from '../../records/runFolder.ts';
import { readRunning } from '../../records/runningMarkers.ts';
import type { Running } from '../../records/running.ts';
import type { RunningView, RunReport, RunSummary } from '../wire.ts';
import { faultsOf } from './journal.ts';
import { reportOf } from './summary.ts';
import { thinSeries } from './thinSeries.ts';

/** The newest so many folders are listed. */
const listedFolders = 100;

/** The runs below a state directory, as they are and were. Files that have not changed are read once. */
export class RunArchive {
  readonly #stateDirectory: string;
  readonly #known = new Map<string, { stamp: string; summary: RunSummary | null }>();

  constructor(stateDirectory: string) {
    this.#stateDirectory = stateDirectory;
  }

  /** What runs on the stage now, and what cannot be read of it. */
  async running(stage: string): Promise<{ running: RunningView[]; unreadable: string[] }> {
    const { running, unreadable } = await readRunning(this.#stateDirectory);
    const here = running.filter((one) => one.stage === stage && one.place === 'local');
    const views = await Promise.all(here.map((one) => this.#view(one, unreadable)));
    return { running: views, unreadable: unreadable.map(({ message }) => message) };
  }

  async #view(
    { runId, kind, name, startedAt, plannedSeconds }: Running,
    unreadable: RecordError[],
  ): Promise<RunningView> {
    const journal = await readJournal(join(this.#folder(runId), journalFileName));
    if ('error' in journal) unreadable.push(journal.error);
    return {
      id: runId,
      kind,
      name,
      startedMs: Date.parse(startedAt),
      plannedSeconds,
      faults: journal.state === 'readable' ? faultsOf(journal.record) : [],
    };
  }

  /** Runs that have ended, the newest first. */
  async list(): Promise<RunSummary[]> {
    const { running } = await readRunning(this.#stateDirectory);
    const current = new Set(running.map(({ runId }) => runId));
    const summaries: RunSummary[] = [];
    for (const id of await this.#ids()) {
      const summary = current.has(id) ? null : await this.#summary(id);
      if (summary) summaries.push(summary);
    }
    return summaries.sort((a, b) => b.startMs - a.startMs);
  }

  /** As much of it as a report shows; null when there is no such run. */
  async report(id: string): Promise<RunReport | null> {
    // Only what was found in the directory itself is opened: an id from outside is no path.
    const report = (await this.#ids()).includes(id) ? await this.#read(id) : null;
    return report?.run ? { ...report, run: thinSeries(report.run) } : report;
  }

  async #summary(id: string): Promise<RunSummary | null> {
    const stamp = await this.#stamp(id);
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.summary;
    const summary = (await this.#read(id))?.summary ?? null;
    this.#known.set(id, { stamp, summary });
    return summary;
  }

  async #read(id: string): Promise<RunReport | null> {
    const folder = this.#folder(id);
    const records = await readRunFolder(folder);
    return reportOf(id, records, await changedMs(folder));
  }

  async #stamp(id: string): Promise<string> {
    const stamps = await Promise.all(
      recordFileNames.map((file) =>
        stat(join(this.#folder(id), file)).then(
          ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
          () => '',
        ),
      ),
    );
    return stamps.join(',');
  }

  #folder(id: string): string {
    return join(runsDirectoryOf(this.#stateDirectory), id);
  }

  #ids(): Promise<string[]> {
    return foldersWithRecords(runsDirectoryOf(this.#stateDirectory), listedFolders);
  }
}

/** When something was last put into a folder; 0 where nobody may know. */
const changedMs = (folder: string): Promise<number> =>
  stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
