import { Command } from 'commander';
import { migrate } from '../../service/redshift/migrate.ts';
import { connect } from '../connection.ts';
import { readFleet, stateDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, stageOption, systemOption } from '../options.ts';
import { findSystems } from '../steps.ts';
import { stageOf } from '../../infra/fleet.ts';

export function migrateCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('migrate')
    .description("bring every system's database to the current schema, users and grants; safe to repeat")
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .action(async (options: { config: string; stage: string; system: string[] }) => {
      const { fleet } = await readFleet(options.config);
      stageOf(fleet, options.stage);
      const { clients } = await connect({ stage: options.stage, region: fleet.region, stateDirectory });
      for (const { system, cluster } of await findSystems(clients, options.stage, options.system)) {
        const onProgress = (line: string) => output.progress(`${system}: ${line}`);
        const { applied } = await migrate({ ...clients, cluster, clock, onProgress });
        output.answer(`${system}: ${applied.length === 0 ? 'current' : `applied ${applied.join(', ')}`}`);
      }
      done(exitCodes.passed);
    });
}
