import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Command } from 'commander';
import { requireRunningStage, type StageFile } from '../../local/stageFile.ts';
import { alarmStates, type AlarmStatus } from '../../operations/alarmStates.ts';
import type { Context } from '../context.ts';
import { stateDirectory } from '../directories.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { jsonOption } from '../options.ts';

export function statusCommand({ clock, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('status')
    .description(
      'show the stage "local" on this machine: how long it has been running, where, its console and its alarms',
    )
    .addOption(jsonOption())
    .action(async ({ json }: { json: boolean }) => {
      const file = await requireRunningStage(stateDirectory, 'local');
      const { stage, pid, startedAt, region, endpointUrl, consoleUrl, credentials, systems } = file;
      const alarms = await alarmStates(new CloudWatchClient({ endpoint: endpointUrl, region, credentials }));
      output.answer(
        json
          ? JSON.stringify({
              stage,
              pid,
              startedAt,
              endpointUrl,
              consoleUrl,
              stateDirectory,
              systems,
              alarms,
            })
          : statusText(file, alarms, clock.now()),
      );
      done(exitCodes.passed);
    });
}

function statusText(file: StageFile, alarms: readonly AlarmStatus[], nowMs: number): string {
  const counts = Map.groupBy(alarms, ({ state }) => state);
  const firing = counts.get('ALARM') ?? [];
  const minutes = Math.floor((nowMs - Date.parse(file.startedAt)) / 60_000);
  return [
    `Stage "${file.stage}" has been running with ${file.systems.length} systems for ${minutes} min (process ${file.pid}).`,
    `  console   ${file.consoleUrl}`,
    `  endpoint  ${file.endpointUrl}`,
    `  state in  ${stateDirectory}`,
    `  alarms    ${[...counts].map(([state, { length }]) => `${length} ${state}`).join(', ')}`,
    ...firing.map(({ name }) => `            ALARM ${name}`),
  ].join('\n');
}
