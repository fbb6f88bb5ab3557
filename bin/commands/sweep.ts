import { Command } from 'commander';
import { stageOf, stagesOn } from '../../fleet/fleet.ts';
import { limits } from '../../monitoring/limits.ts';
import { UsageError } from '../../operations/errors.ts';
import type { RunRemains } from '../../operations/sweep/leftovers.ts';
import { findLeftovers, removeLeftovers } from '../../operations/sweep/sweep.ts';
import { readFleet, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, wholeNumber } from '../options.ts';
import { reachSystems } from '../target.ts';

interface SweepCommandOptions {
  config: string;
  stage: string;
  olderThan: number;
  dryRun: boolean;
  json: boolean;
}

export function sweepCommand({ clock, signal, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('sweep')
    .description(
      "remove what failed removals of per-run stages left in a stage's network and databases: schemas and stacks, but " +
        'never those of a run that may be in progress. Safe to repeat',
    )
    .addOption(configOption())
    .requiredOption(
      '--stage <stage>',
      'the stage whose network and databases the per-run stages use (runsOn)',
    )
    .option(
      '--older-than <hours>',
      'only runs whose stacks have not changed for this long',
      wholeNumber(1, 1_000),
      limits.runLeftAfterHours,
    )
    .option('--dry-run', 'only say what would be removed', false)
    .addOption(jsonOption())
    .action(async ({ config, stage, olderThan, dryRun, json }: SweepCommandOptions) => {
      const { fleet } = await readFleet(config);
      stageOf(fleet, stage);
      const stages = stagesOn(fleet, stage).map(([name]) => name);
      if (stages.length === 0) {
        throw new UsageError(
          `no stage is made for each run on stage "${stage}" (runsOn): nothing can be left.`,
        );
      }
      const { connection, systems } = await reachSystems({ config, stage, system: [] });
      const options = {
        ...connection.clients,
        stages,
        systems,
        leftAfterMs: olderThan * 3_600_000,
        clock,
        signal,
        onProgress: output.progress,
      };
      const { leftovers, spared, failed: unasked } = await findLeftovers(options);
      const { removed, failed } = dryRun
        ? { removed: [], failed: [] }
        : await removeLeftovers(options, leftovers);
      const problems = [...unasked, ...failed];
      output.answer(
        json
          ? JSON.stringify({ leftovers, spared, removed, failed: problems })
          : [
              ...(dryRun ? leftovers.flatMap(inWords).map((what) => `would be removed: ${what}`) : []),
              ...removed.map((what) => `removed: ${what}`),
              ...spared.map((one) => `left alone: ${one.stage}, since ${one.reason}`),
              ...problems.map((problem) => `failed: ${problem}`),
              ...(leftovers.length + problems.length === 0
                ? ['nothing is left of any run that has ended']
                : []),
            ].join('\n'),
      );
      done(problems.length === 0 ? exitCodes.passed : exitCodes.failed);
    });
}

const inWords = ({ stacks, schemas }: RunRemains): string[] => [
  ...schemas.map(({ schema, system }) => `schema ${schema} of ${system}`),
  ...stacks.map(({ name }) => `stack ${name}`),
];
