import { Command } from 'commander';
import { ownSystems, withSystems } from '../../fleet/fleet.ts';
import { readRunningStage } from '../../local/stageFile.ts';
import { stopStage } from '../../local/stopStage.ts';
import { UsageError } from '../../operations/errors.ts';
import { readFleet, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption } from '../options.ts';

const words = {
  stopped: 'the stage "local" is stopped',
  cleared: 'what a killed stage left is removed',
  nothing: 'nothing is running here',
};

interface DownOptions {
  config: string;
  deleteData: boolean;
}

/** @throws UsageError where the stage that runs here is of another configuration */
async function refuseAnother(config: string): Promise<void> {
  const { fleet } = await readFleet(config);
  const running = await readRunningStage(stateDirectory, 'local');
  if (!running) return;
  const booted = ownSystems(fleet).length === 0 ? [] : withSystems(fleet, running.systems.length).systems;
  const known = new Set([...fleet.systems, ...booted].map(({ name }) => name));
  const others = running.systems.filter((name) => !known.has(name));
  if (others.length === 0) return;
  throw new UsageError(
    `the stage that runs here has ${others.join(', ')}, which ${config} does not: leave out --config to stop it all the same.`,
  );
}

export function downCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('down')
    .description('stop the stage "local" on this machine, or clean up after one that was killed')
    .addOption(configOption())
    .option('--delete-data', 'also delete what "up --keep" has kept', false)
    .action(async ({ config, deleteData }: DownOptions, command: Command) => {
      // The default says nothing of what was booted: one stage runs in a state directory, and it is stopped.
      if (command.getOptionValueSource('config') !== 'default') await refuseAnother(config);
      const stopped = await stopStage({ stateDirectory, stage: 'local', deleteData });
      output.answer(`${words[stopped]}${deleteData ? ', and no data is kept' : ''}`);
      done(exitCodes.passed);
    });
}
