import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRunning, runsDirectoryOf } from '../../records/running.ts';
import type { RunningView, RunReport, RunSummary } from '../wire.ts';
import { faultsOf } from './journal.ts';
import { foldersWithRecords, readJournalLines, readReport, recordFiles } from './readReport.ts';

/** The newest so many folders are listed. */
const listedFolders = 100;

/** The runs below a state directory, as they are and were. Files that have not changed are read once. */
export class RunArchive {
  readonly #stateDirectory: string;
  readonly #known = new Map<string, { stamp: string; summary: RunSummary | null }>();

  constructor(stateDirectory: string) {
    this.#stateDirectory = stateDirectory;
  }

  /** What runs on the stage now. */
  async running(stage: string): Promise<RunningView[]> {
    const running = (await readRunning(this.#stateDirectory)).filter(
      (one) => one.stage === stage && one.place === 'local',
    );
    return Promise.all(
      running.map(async ({ runId, kind, name, startedAt, plannedSeconds }) => ({
        id: runId,
        kind,
        name,
        startedMs: Date.parse(startedAt),
        plannedSeconds,
        faults:
          kind === 'drill'
            ? faultsOf(await readJournalLines(join(runsDirectoryOf(this.#stateDirectory), runId)))
            : [],
      })),
    );
  }

  /** Runs that have ended, the newest first. */
  async list(): Promise<RunSummary[]> {
    const current = new Set((await readRunning(this.#stateDirectory)).map(({ runId }) => runId));
    const summaries: RunSummary[] = [];
    for (const id of await this.#ids()) {
      const summary = current.has(id) ? null : await this.#summary(id);
      if (summary) summaries.push(summary);
    }
    return summaries.sort((a, b) => b.startMs - a.startMs);
  }

  /** Null when there is no such run. */
  async report(id: string): Promise<RunReport | null> {
    // Only what was found in the directory itself is opened: an id from outside is no path.
    return (await this.#ids()).includes(id) ? this.#read(id) : null;
  }

  async #summary(id: string): Promise<RunSummary | null> {
    const stamp = await this.#stamp(id);
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.summary;
    const summary = (await this.#read(id))?.summary ?? null;
    this.#known.set(id, { stamp, summary });
    return summary;
  }

  #read(id: string): Promise<RunReport | null> {
    return readReport(join(runsDirectoryOf(this.#stateDirectory), id), id);
  }

  async #stamp(id: string): Promise<string> {
    const stamps = await Promise.all(
      recordFiles.map((file) =>
        stat(join(runsDirectoryOf(this.#stateDirectory), id, file)).then(
          ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
          () => '',
        ),
      ),
    );
    return stamps.join(',');
  }

  #ids(): Promise<string[]> {
    return foldersWithRecords(runsDirectoryOf(this.#stateDirectory), listedFolders);
  }
}
