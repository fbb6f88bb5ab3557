import { basename, join, relative, sep } from 'node:path';
import { reportFile } from '../console/reportFile.ts';
import type { RunReport } from '../console/wire.ts';
import { reportOf } from '../console/runs/summary.ts';
import { foldersWithRecords, readRunFolder } from '../records/runFolder.ts';
import { writeWhole } from '../core/writeWhole.ts';
import { runsDirectory } from './context.ts';
import type { Output } from './output.ts';

/**
 * Writes `report.html` into a run's folder: every part of the run on one page that needs nothing else.
 * @returns its path; null when nothing there is the record of a run
 * @throws RecordError when one of the records cannot be read: without it, the page would tell too good a story
 * @throws FileWriteError
 */
export async function writeReport(directory: string): Promise<string | null> {
  const folders = (await foldersWithRecords(directory, Infinity)).map((part) => join(directory, part));
  const reports = (await Promise.all(folders.map(reportOfPart)))
    .filter((report) => report !== null)
    .toSorted((a, b) => a.summary.startMs - b.summary.startMs);
  if (reports.length === 0) return null;
  const path = join(directory, 'report.html');
  await writeWhole(path, await reportFile(basename(directory), reports));
  return path;
}

async function reportOfPart(folder: string): Promise<RunReport | null> {
  const records = await readRunFolder(folder);
  const [unreadable] = records.unreadable;
  if (unreadable) throw unreadable;
  return reportOf(nameOf(folder), records);
}

/** The report of what has just been written, where there is something to report. */
export async function reportStep(output: Output, directory: string): Promise<void> {
  const path = await writeReport(directory);
  if (path !== null) output.progress(`report: ${path}`);
}

/** As the console names it, where it is one of its runs. */
function nameOf(folder: string): string {
  const below = relative(runsDirectory, folder);
  return below.startsWith('..') ? folder : below.replaceAll(sep, '/');
}

/** The folder of the newest run with a record; undefined without any. */
export async function newestRun(): Promise<string | undefined> {
  const newest = (await foldersWithRecords(runsDirectory, newestLookedAt)).sort().at(-1);
  return newest === undefined ? undefined : join(runsDirectory, newest.split(sep)[0] ?? '');
}

/** The last runs may have been killed before they left a record. */
const newestLookedAt = 20;
