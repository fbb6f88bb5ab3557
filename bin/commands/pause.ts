import { Command } from 'commander';
import { silenceAlarms, voiceAlarms, type AlarmActionsOptions } from '../../operations/alarmActions.ts';
import { stageOf } from '../../fleet/fleet.ts';
import { pauseClusters, resumeClusters, type PauseOptions } from '../../operations/pause.ts';
import { connect } from '../../operations/connection.ts';
import { readFleet, type Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { UsageError } from '../../operations/errors.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, stageOption, systemOption } from '../options.ts';
import { findSystems } from '../../operations/target.ts';

type Both = PauseOptions & AlarmActionsOptions;

export const pauseCommand = (context: Context, done: (code: ExitCode) => void): Command =>
  makeCommand(
    'pause',
    "stop a stage's databases, and with them most of its cost; meanwhile its alarms notify nobody",
    async (options) => {
      await silenceAlarms(options);
      await pauseClusters(options);
    },
    context,
    done,
  );

export const resumeCommand = (context: Context, done: (code: ExitCode) => void): Command =>
  makeCommand(
    'resume',
    "start a stage's paused databases; its alarms notify again once all is well",
    async (options) => {
      await resumeClusters(options);
      await voiceAlarms(options);
    },
    context,
    done,
  );

function makeCommand(
  name: string,
  description: string,
  change: (options: Both) => Promise<void>,
  { clock, signal, output }: Context,
  done: (code: ExitCode) => void,
): Command {
  return new Command(name)
    .description(`${description}. Waits until that is done; safe to repeat`)
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .action(async ({ config, stage, system }: { config: string; stage: string; system: string[] }) => {
      const { fleet } = await readFleet(config);
      const { database, runsOn } = stageOf(fleet, stage);
      if (!database.pausable || runsOn) {
        throw new UsageError(
          `the databases of stage "${stage}" must not be paused: stages.${stage}.database.pausable is not set.`,
        );
      }
      const { clients } = await connect({ stage, region: fleet.region, stateDirectory });
      const systems = await findSystems(clients, stage, system);
      const clusters = systems.map(({ cluster }) => cluster.identifier);
      await change({
        redshift: clients.redshift,
        cloudWatch: clients.cloudWatch,
        clusters,
        stage,
        systems: systems.map((one) => one.system),
        wholeStage: system.length === 0,
        clock,
        signal,
        onProgress: output.progress,
      });
      output.answer(`${clusters.length} databases of ${stage}: ${name}d`);
      done(exitCodes.passed);
    });
}
