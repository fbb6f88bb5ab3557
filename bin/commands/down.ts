import { Command } from 'commander';
import { stopStage } from '../../local/stopStage.ts';
import { stateDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';

const words = {
  stopped: 'the stage "local" is stopped',
  cleared: 'what a killed stage left is removed',
  nothing: 'nothing is running here',
};

export function downCommand({ output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('down')
    .description('stop the stage "local" on this machine, or clean up after one that was killed')
    .option('--delete-data', 'also delete what "up --keep" has kept', false)
    .action(async ({ deleteData }: { deleteData: boolean }) => {
      const stopped = await stopStage({ stateDirectory, stage: 'local', deleteData });
      output.answer(`${words[stopped]}${deleteData ? ', and no data is kept' : ''}`);
      done(exitCodes.passed);
    });
}
