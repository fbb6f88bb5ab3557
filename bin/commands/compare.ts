import { dirname } from 'node:path';
import { Argument, Command } from 'commander';
import { formatComparison } from '../../loadtests/compare/formatComparison.ts';
import { limits } from '../../monitoring/limits.ts';
import { compareWithBaseline } from '../../operations/compareWithBaseline.ts';
import { recordFileAt } from '../../records/recordFileAt.ts';
import { runKind } from '../../records/run.ts';
import type { Context } from '../context.ts';
import { exitCodeOfComparison } from '../exitCodeOf.ts';
import type { ExitCode } from '../exitCodes.ts';
import { jsonOption, regressionOption } from '../options.ts';
import { reportRun } from '../report.ts';

interface CompareCommandOptions {
  regression: number;
  json: boolean;
}

export function compareCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  const { latencyMs, usePoints, failedPoints } = limits.comparison;
  return new Command('compare')
    .description(
      'two runs of one load side by side: latency, failures, use of each resource, headroom; what is a difference and ' +
        'what is spread. Asks nothing of AWS',
    )
    .addArgument(new Argument('<baseline>', 'a run.json or its folder, of the earlier run'))
    .addArgument(new Argument('<run>', 'the same of the later run, where the answer is kept'))
    .addOption(regressionOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A regression is a difference for the worse by --regression percent and by at least ${latencyMs} ms of a latency, ${usePoints} points
of a resource; of what fails, ${failedPoints} points are one. It ends with 10, runs in doubt with 11. Resources and headroom are
compared where the gate has judged both runs. Runs of other profiles, places or rates are refused. Differences say that
the runs differ, and not why: a machine that is busier makes one too.`,
    )
    .action(async (baseline: string, run: string, { regression, json }: CompareCommandOptions) => {
      const path = await recordFileAt(runKind, run);
      const comparison = await compareWithBaseline(
        clock,
        await recordFileAt(runKind, baseline),
        path,
        regression,
      );
      output.answer(json ? JSON.stringify(comparison) : formatComparison(comparison, output));
      await reportRun(output, dirname(path));
      done(exitCodeOfComparison(comparison));
    });
}
