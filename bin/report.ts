import { basename, join, relative, sep } from 'node:path';
import { reportFile } from '../console/reportFile.ts';
import { foldersWithRecords, readReport } from '../console/runs/readReport.ts';
import { RunFileError } from '../records/errors.ts';
import { writeWhole } from '../core/writeWhole.ts';
import { runsDirectory } from './context.ts';
import type { Output } from './output.ts';

/**
 * Writes `report.html` into a run's folder: every part of the run on one page that needs nothing else.
 * @returns its path; null when nothing there is the record of a run
 * @throws RunFileError
 */
export async function writeReport(directory: string): Promise<string | null> {
  const folders = (await foldersWithRecords(directory, Infinity)).map((part) => join(directory, part));
  const parts = await Promise.all(folders.map((folder) => readReport(folder, nameOf(folder))));
  const reports = parts
    .filter((part) => part !== null)
    .toSorted((a, b) => a.summary.startMs - b.summary.startMs);
  if (reports.length === 0) return null;
  const path = join(directory, 'report.html');
  try {
    await writeWhole(path, await reportFile(basename(directory), reports));
  } catch (error) {
    throw new RunFileError(path, error instanceof Error ? error.message : String(error), { cause: error });
  }
  return path;
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
