import { Command } from 'commander';
import { stageOf } from '../../fleet/fleet.ts';
import { connect } from '../../operations/connection.ts';
import { readFleet, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, stageOption, systemOption } from '../options.ts';
import { migrateSystems, removeSchemas, type MigrateOptions } from '../../operations/migrate.ts';
import type { Output } from '../output.ts';

interface MigrateCommandOptions {
  config: string;
  stage: string;
  system: string[];
  remove: boolean;
}

export function migrateCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('migrate')
    .description("update every system's database to the current schema, users and grants; safe to repeat")
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--remove', 'drop the schema of a per-run stage, before the stage is removed', false)
    .action(async (options: MigrateCommandOptions) => {
      const { fleet } = await readFleet(options.config);
      const { runsOn } = stageOf(fleet, options.stage);
      if (options.remove && !runsOn) {
        throw new UsageError(
          `stage "${options.stage}" keeps its data: --remove is for stages that are created for one run (runsOn).`,
        );
      }
      const { clients } = await connect({ stage: options.stage, region: fleet.region, stateDirectory });
      const of = { fleet, clients, stage: options.stage, systems: options.system, clock };
      await (options.remove ? remove(of, output) : bringUpToDate(of, output));
      done(exitCodes.passed);
    });
}

const bringUpToDate = (of: MigrateOptions, output: Output): Promise<void> =>
  migrateSystems({
    ...of,
    onProgress: output.progress,
    onDone: (system, applied) =>
      output.answer(`${system}: ${applied.length === 0 ? 'current' : `applied ${applied.join(', ')}`}`),
  });

async function remove(of: MigrateOptions, output: Output): Promise<void> {
  const onDone = (system: string, schema: string): void =>
    output.answer(`${system}: removed schema ${schema}`);
  const systems = await removeSchemas({ ...of, onDone });
  if (systems === 0) output.answer(`stage ${of.stage} has no systems: nothing to remove`);
}
