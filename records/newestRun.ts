import { access, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { otherRuns } from '../fleet/profileNames.ts';
import { runKind } from './run.ts';
import { foldersWithRecords } from './runFolder.ts';

/** The folder of the newest run with a record; undefined without any. */
export async function newestRun(runsDirectory: string): Promise<string | undefined> {
  const newest = (await foldersWithRecords(runsDirectory, newestLookedAt)).sort().at(-1);
  return newest === undefined ? undefined : join(runsDirectory, newest.split(sep)[0] ?? '');
}

/** The last runs may have been killed before they left a record. */
const newestLookedAt = 20;

/** Where a run directory keeps the record of a profile's run; undefined where it has none. */
function recordOf(directory: string, profile: string): string | undefined {
  const [, what] = /^\d{8}-\d{6}-(.+)-[0-9a-f]{4}$/.exec(directory) ?? [];
  if (what === profile) return join(directory, runKind.fileName);
  return what === otherRuns.rehearsals ? join(directory, profile, runKind.fileName) : undefined;
}

/** The newest run of these profiles with a record, a rehearsal's included; undefined without any. */
export async function newestRunOf(
  runsDirectory: string,
  ...profiles: readonly string[]
): Promise<string | undefined> {
  const directories: string[] = await readdir(runsDirectory).catch(() => []);
  // Their names begin with the time.
  for (const directory of directories.sort().toReversed()) {
    const record = profiles.map((profile) => recordOf(directory, profile)).find((path) => path !== undefined);
    if (record === undefined) continue;
    const path = join(runsDirectory, record);
    // A run that was killed left no record.
    const exists = await access(path).then(
      () => true,
      // What cannot be looked at is not passed over: reading it says why.
      ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT',
    );
    if (exists) return path;
  }
  return undefined;
}
