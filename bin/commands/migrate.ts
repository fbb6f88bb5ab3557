import { Command } from 'commander';
import { stageOf } from '../../fleet/fleet.ts';
import { StageNotFoundError } from '../../fleet/errors.ts';
import { migrate, removeSchema } from '../../service/redshift/migrate.ts';
import { connect, type Connection } from '../../operations/connection.ts';
import { readFleet, stateDirectory, type Context } from '../context.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, stageOption, systemOption } from '../options.ts';
import { findSystems } from '../../operations/target.ts';

interface MigrateCommandOptions {
  config: string;
  stage: string;
  system: string[];
  remove: boolean;
}

export function migrateCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('migrate')
    .description("bring every system's database to the current schema, users and grants; safe to repeat")
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--remove', "drop the schema of a run's stage, before the stage is removed", false)
    .action(async (options: MigrateCommandOptions) => {
      const { fleet } = await readFleet(options.config);
      const { runsOn } = stageOf(fleet, options.stage);
      if (options.remove && !runsOn) {
        throw new UsageError(
          `stage "${options.stage}" keeps its data: --remove is for stages that are made for one run (runsOn).`,
        );
      }
      const { clients } = await connect({ stage: options.stage, region: fleet.region, stateDirectory });
      await (options.remove ? removeRun(context, clients, options) : migrateAll(context, clients, options));
      done(exitCodes.passed);
    });
}

async function migrateAll(
  { clock, output }: Context,
  clients: Connection['clients'],
  { stage, system: names }: MigrateCommandOptions,
): Promise<void> {
  for (const { system, cluster } of await findSystems(clients, stage, names)) {
    const onProgress = (line: string) => output.progress(`${system}: ${line}`);
    const { applied } = await migrate({ ...clients, cluster, clock, onProgress });
    output.answer(`${system}: ${applied.length === 0 ? 'current' : `applied ${applied.join(', ')}`}`);
  }
}

async function removeRun(
  { clock, output }: Context,
  clients: Connection['clients'],
  { stage, system: names }: MigrateCommandOptions,
): Promise<void> {
  const systems = await findSystems(clients, stage, names).catch((error: unknown) => {
    // A deployment that failed early published nothing, and nothing was migrated.
    if (error instanceof StageNotFoundError) return [];
    throw error;
  });
  for (const { system, cluster } of systems) {
    if (cluster.schema === undefined) {
      throw new UsageError(`${system}: its document names no schema of the run's own; nothing was removed.`);
    }
    await removeSchema({ ...clients, cluster, clock }, cluster.schema);
    output.answer(`${system}: removed schema ${cluster.schema}`);
  }
  if (systems.length === 0) output.answer(`stage ${stage} has no systems: nothing to remove`);
}
