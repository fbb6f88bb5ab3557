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
      'compare two runs of one load: latency, failures, use of each resource, headroom; what differs and what is only ' +
        'spread. Makes no AWS calls',
    )
    .addArgument(new Argument('<baseline>', 'the run.json of the earlier run, or its folder'))
    .addArgument(new Argument('<run>', 'the same of the later run, where the answer is kept'))
    .addOption(regressionOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
A regression is a change for the worse by --regression percent that is also at least ${latencyMs} ms (latency) or ${usePoints} percentage
points (resources); for failures, ${failedPoints} percentage points. It exits with 10; if a run is in doubt, with 11. Resources and
headroom are compared if the gate has judged both runs. Runs of different profiles, places or rates are rejected. A
difference says that the runs differ, not why: a busier machine makes one too.`,
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
