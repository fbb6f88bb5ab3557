import { writeReport } from '../console/writeReport.ts';
import { runsDirectory } from './context.ts';
import type { Output } from './output.ts';

/** Writes the report of what has just been recorded, where there is something to report, and says where. */
export async function reportRun(output: Output, directory: string): Promise<void> {
  const path = await writeReport(directory, runsDirectory);
  if (path !== null) output.progress(`report: ${path}`);
}
