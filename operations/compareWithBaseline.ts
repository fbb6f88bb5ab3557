import { dirname, join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { compareRuns, type JudgedRun } from '../loadtests/compare/compareRuns.ts';
import { comparisonKind, type ComparisonFile } from '../records/comparison.ts';
import { readRecord, recordOrNull, requireRecord, writeRecord } from '../records/recordFile.ts';
import { runKind } from '../records/run.ts';
import { verdictKind } from '../records/verdict.ts';

/**
 * Compares two runs by what they have left on the disk; the answer stands beside the later one, in `comparison.json`.
 * @param regressionPercent what is worse by so much is a regression
 * @throws RecordError NotComparableError FileWriteError
 */
export async function compareWithBaseline(
  clock: Clock,
  baselinePath: string,
  runPath: string,
  regressionPercent: number,
): Promise<ComparisonFile> {
  const comparison = compareRuns(await judgedRun(baselinePath), await judgedRun(runPath), {
    regressionPercent,
    comparedAtMs: clock.now(),
  });
  await writeRecord(comparisonKind, join(dirname(runPath), comparisonKind.fileName), comparison);
  return comparison;
}

async function judgedRun(path: string): Promise<JudgedRun> {
  const run = await requireRecord(runKind, path);
  return {
    run,
    verdict: recordOrNull(await readRecord(verdictKind, join(dirname(path), verdictKind.fileName))),
  };
}
