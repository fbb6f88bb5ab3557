import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { mergeParts } from '../../loadtests/collect/mergeParts.ts';
import { formatRecovery } from '../../loadtests/gate/formatRecovery.ts';
import { findRecovery } from '../../operations/findRecovery.ts';
import { summaryLines } from '../../loadtests/runner/summary.ts';
import { prepareRunDirectory, writeRunFile } from '../../loadtests/runner/writeRun.ts';
import { partKind, type PartFile } from '../../records/part.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { newRunDirectory, type Context } from '../context.ts';
import { exitCodeOfRecovery, exitCodeOfRun } from '../exitCodeOf.ts';
import { exitCodes, strongest, type ExitCode } from '../exitCodes.ts';
import { jsonOption } from '../options.ts';
import { reportRun } from '../report.ts';

/** A part's file, where its folder is given too. */
async function fileAt(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true ? join(path, partKind.fileName) : path;
}

export function collectCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('collect')
    .description("put the parts of a load test's instances together: one record below .headroom/runs")
    .addArgument(new Argument('<files...>', 'part.json of each instance, or the folder it is in'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Instances are started with --execution-segment and --execution-segment-sequence. Counts are exact, percentiles are of
all their latencies, thresholds are judged over the whole. Without every part the run is incomplete, and so
inconclusive; parts that started more than a second apart, or are of different runs, are refused.`,
    )
    .action(async (files: string[], { json }: { json: boolean }) => {
      const parts: PartFile[] = [];
      for (const path of files) parts.push(await requireRecord(partKind, await fileAt(resolve(path))));
      const directory = newRunDirectory(context.clock, parts[0]?.run.profile ?? 'load');
      const run = mergeParts(basename(directory), parts);
      await prepareRunDirectory(directory);
      await writeRunFile(directory, run);
      const recovery = await findRecovery(context, run, directory);
      const found = recovery ? { recovery } : {};
      context.output.answer(
        json
          ? JSON.stringify({ ...run, ...found })
          : [...summaryLines(run), ...(recovery ? [formatRecovery(recovery)] : [])].join('\n'),
      );
      context.output.progress(`record: ${directory}/run.json`);
      await reportRun(context.output, directory);
      done(strongest([exitCodeOfRun(run), recovery ? exitCodeOfRecovery(recovery) : exitCodes.passed]));
    });
}
