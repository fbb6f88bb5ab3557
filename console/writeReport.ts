import { basename, join, relative, sep } from 'node:path';
import { reportFile } from './reportFile.ts';
import type { RunReport } from './wire.ts';
import { reportOf } from './runs/summary.ts';
import { thinSeries } from './runs/thinSeries.ts';
import { foldersWithRecords, readRunFolder } from '../records/runFolder.ts';
import { writeWhole } from '../core/writeWhole.ts';

/**
 * Writes `report.html` into a run's folder: every part of the run on one page that needs nothing else.
 * @param runsDirectory where the console finds its runs, which it names by their paths from it
 * @returns its path; null when nothing there is the record of a run
 * @throws RecordError when one of the records cannot be read: without it, the page would tell too good a story
 * @throws FileWriteError
 */
export async function writeReport(directory: string, runsDirectory: string): Promise<string | null> {
  const folders = (await foldersWithRecords(directory, Infinity)).map((part) => join(directory, part));
  const reports = (await Promise.all(folders.map((folder) => reportOfPart(folder, runsDirectory))))
    .filter((report) => report !== null)
    .toSorted((a, b) => a.summary.startMs - b.summary.startMs);
  if (reports.length === 0) return null;
  const path = join(directory, 'report.html');
  await writeWhole(path, await reportFile(basename(directory), reports));
  return path;
}

async function reportOfPart(folder: string, runsDirectory: string): Promise<RunReport | null> {
  const records = await readRunFolder(folder);
  const [unreadable] = records.unreadable;
  if (unreadable) throw unreadable;
  const { run } = records;
  return reportOf(nameOf(folder, runsDirectory), run ? { ...records, run: thinSeries(run) } : records);
}

/** As the console names it, where it is one of its runs. */
function nameOf(folder: string, runsDirectory: string): string {
  const below = relative(runsDirectory, folder);
  return below.startsWith('..') ? folder : below.replaceAll(sep, '/');
}
