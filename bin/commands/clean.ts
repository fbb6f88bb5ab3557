import { Command } from 'commander';
import { loadService } from '../../fleet/service.ts';
import { limits } from '../../monitoring/limits.ts';
import { UsageError } from '../../operations/errors.ts';
import { describeLeft } from '../../operations/testRows/describeLeft.ts';
import { removeFromAll } from '../../operations/testRows/removeFromSystem.ts';
import { readRunning } from '../../records/runningMarkers.ts';
import type { Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption, systemOption } from '../options.ts';
import { reachSystems } from '../target.ts';

interface CleanCommandOptions {
  config: string;
  stage: string;
  system: string[];
  seed: boolean;
  json: boolean;
}

export function cleanCommand(context: Context, done: (code: ExitCode) => void): Command {
  const { first, end } = limits.testIds;
  return new Command('clean')
    .description(
      "remove a stage's test rows from its tables and dead letters: everything that loads and drills have stored, " +
        'from any machine. Real rows have other ids. Safe to repeat',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--seed', 'also the seeded rows, which the next load then has to publish first', false)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Test rows have the ids ${first} to ${end - 1}. If another machine is running a load or a drill, wait until it ends:
it would miss its own rows. Messages still in a queue are waited for.`,
    )
    .action(async ({ config, stage, system, seed, json }: CleanCommandOptions) => {
      const { running } = await readRunning(context.stateDirectory);
      const busy = running.find((one) => one.stage === stage);
      if (busy)
        throw new UsageError(
          `a ${busy.kind} of ${stage} is running on this machine (${busy.name}): wait until it ends.`,
        );
      const { connection, fleet, systems } = await reachSystems({ config, stage, system });
      const service = await loadService(fleet.service);
      const ids = { first: seed ? first : limits.messageIds.first, last: end - 1 };
      const cleaned = await removeFromAll(systems, { connection, service, clock: context.clock, ids });
      context.output.answer(
        json
          ? JSON.stringify(cleaned)
          : [
              ...cleaned.map(
                (one) => `${one.system}: ${one.removed} test rows and ${one.deleted} dead letters removed`,
              ),
              ...describeLeft(cleaned),
            ].join('\n'),
      );
      done(cleaned.every(({ left }) => left.length === 0) ? exitCodes.passed : exitCodes.failed);
    });
}
