import { Command } from 'commander';
import { stopStage } from '../../local/stopStage.ts';
import { stateDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';

const words = {
  stopped: 'the stage "local" is stopped',
  cleared: 'what a dead stage left is cleared away',
  nothing: 'nothing runs here',
};

export function downCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('down')
    .description('stop the stage "local" on this machine, or clear what a killed one left')
    .option('--delete-data', 'also throw away what "up --keep" has kept', false)
    .action(async ({ deleteData }: { deleteData: boolean }) => {
      const stopped = await stopStage({ stateDirectory, stage: 'local', deleteData });
      output.answer(`${words[stopped]}${deleteData ? '; no data is kept' : ''}`);
      done(exitCodes.passed);
    });
}
