import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Argument, Command } from 'commander';
import { mergeParts } from '../../loadtests/collect/mergeParts.ts';
import { partOfPoints } from '../../loadtests/collect/partOfPoints.ts';
import { formatRecovery } from '../../loadtests/gate/formatRecovery.ts';
import { loadScript } from '../../loadtests/runner/script.ts';
import { findRecovery } from '../../operations/findRecovery.ts';
import { summaryLines } from '../../loadtests/runner/summary.ts';
import { prepareRunDirectory, writeRunFile } from '../../loadtests/runner/writeRun.ts';
import { exportKind } from '../../records/export.ts';
import { partKind, type PartFile } from '../../records/part.ts';
import { requireRecord } from '../../records/recordFile.ts';
import { recordFileAt } from '../../records/recordFileAt.ts';
import { UsageError } from '../../operations/errors.ts';
import { newRunDirectory, runsDirectory, type Context } from '../context.ts';
import { exitCodeOfRecovery, exitCodeOfRun } from '../exitCodeOf.ts';
import { exitCodes, strongest, type ExitCode } from '../exitCodes.ts';
import { jsonOption } from '../options.ts';
import { reportRun } from '../report.ts';

interface CollectCommandOptions {
  export?: string;
  json: boolean;
}

/** Parts that instances of `headroom load` wrote. */
async function ownParts(files: readonly string[], context: Context) {
  const parts: PartFile[] = [];
  for (const path of files) parts.push(await requireRecord(partKind, await recordFileAt(partKind, path)));
  return { parts, directory: newRunDirectory(context.clock, parts[0]?.run.profile ?? 'load') };
}

/** Parts made of the points that an exported load's instances left; the run has the export's id. */
async function exportedParts(folder: string, files: readonly string[], context: Context) {
  const exported = await requireRecord(exportKind, join(resolve(folder), exportKind.fileName));
  const environment = {
    ...exported.environment,
    AWS_ACCESS_KEY_ID: 'unused',
    AWS_SECRET_ACCESS_KEY: 'unused',
  };
  const script = await loadScript(join(resolve(folder), 'load.js'), environment, () => undefined);
  const parts: PartFile[] = [];
  for (const path of await pointFiles(files)) {
    context.output.progress(`reading ${path}`);
    parts.push(await partOfPoints(exported, script, path));
  }
  return { parts, directory: join(runsDirectory, exported.runId) };
}

/** Also those in folders, however deep. @throws UsageError when there is none */
async function pointFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await stat(path).catch(() => null))?.isDirectory()) {
      found.push(path);
      continue;
    }
    const names = await readdir(path, { recursive: true });
    found.push(
      ...names
        .filter((name) => /\.(nd)?json(\.gz)?$/.test(name))
        .toSorted()
        .map((name) => join(path, name)),
    );
  }
  if (found.length > 0) return found;
  throw new UsageError(`there are no points in ${paths.join(' or ')}: expected files such as 1.json.gz.`);
}

export function collectCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('collect')
    .description("combine the parts of a load test's instances into one record below .headroom/runs")
    .addArgument(
      new Argument(
        '<files...>',
        'part.json of each instance, or the points that its k6 left; or folders of them',
      ),
    )
    .option('--export <dir>', 'what "headroom export" wrote, if k6 ran elsewhere and left its points')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Instances are started with --execution-segment and --execution-segment-sequence, or as an export says. Counts are exact,
percentiles are over all latencies, thresholds are judged over the whole. If a part is missing, the run is incomplete and so
inconclusive; parts that started more than a second apart, or belong to different runs, are rejected.`,
    )
    .action(async (files: string[], { json, export: folder }: CollectCommandOptions) => {
      const { parts, directory } = await (folder === undefined
        ? ownParts(files, context)
        : exportedParts(folder, files, context));
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
