import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runRecord } from '../records/run.ts';

/** Where a run directory keeps the record of its peak; undefined where it has none. */
function peakOf(directory: string): string | undefined {
  if (directory.includes('-peak-')) return join(directory, runRecord.fileName);
  return directory.includes('-rehearse-') ? join(directory, 'peak', runRecord.fileName) : undefined;
}

/** The newest peak with a record, a rehearsal's included; undefined without any. */
export async function newestPeak(runsDirectory: string): Promise<string | undefined> {
  const directories: string[] = await readdir(runsDirectory).catch(() => []);
  // Their names begin with the time.
  for (const directory of directories.sort().toReversed()) {
    const record = peakOf(directory);
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
