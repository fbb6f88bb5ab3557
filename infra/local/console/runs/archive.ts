import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { readRunning, runsDirectoryOf } from '../../running.ts';
import type { RunningView, RunReport, RunSummary } from '../wire.ts';
import { faultsOf, parseJournal } from './journal.ts';
import { drillSchema, runSchema, verdictSchema } from './records.ts';
import { reportOf } from './summary.ts';

const files = {
  run: 'run.json',
  verdict: 'verdict.json',
  drill: 'drill.json',
  journal: 'drill-journal.jsonl',
};

/** The newest so many folders are listed. */
const listedFolders = 100;

/** A rehearsal holds its parts one folder below its own. */
const maximumDepth = 2;

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
        faults: kind === 'drill' ? faultsOf(parseJournal(await this.#text(runId, files.journal))) : [],
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

  async #read(id: string): Promise<RunReport | null> {
    return reportOf(id, {
      run: parse(runSchema, await this.#text(id, files.run)),
      verdict: parse(verdictSchema, await this.#text(id, files.verdict)),
      drill: parse(drillSchema, await this.#text(id, files.drill)),
      journal: parseJournal(await this.#text(id, files.journal)),
    });
  }

  #text(id: string, file: string): Promise<string> {
    return readFile(join(runsDirectoryOf(this.#stateDirectory), id, file), 'utf8').catch(() => '');
  }

  async #stamp(id: string): Promise<string> {
    const stamps = await Promise.all(
      Object.values(files).map((file) =>
        stat(join(runsDirectoryOf(this.#stateDirectory), id, file)).then(
          ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
          () => '',
        ),
      ),
    );
    return stamps.join(',');
  }

  /** Folders that hold a record. The load of a drill belongs to the drill. */
  async #ids(): Promise<string[]> {
    const find = async (id: string, depth: number): Promise<string[]> => {
      const entries = await readdir(join(runsDirectoryOf(this.#stateDirectory), id), {
        withFileTypes: true,
      }).catch(() => []);
      if (entries.some((entry) => entry.isFile() && Object.values(files).includes(entry.name))) return [id];
      if (depth === maximumDepth) return [];
      const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const newest = depth === 0 ? folders.sort().slice(-listedFolders) : folders;
      const below = await Promise.all(
        newest.map((name) => find(id === '' ? name : `${id}/${name}`, depth + 1)),
      );
      return below.flat();
    };
    return find('', 0);
  }
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
