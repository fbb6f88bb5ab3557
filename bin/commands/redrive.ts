import { Command } from 'commander';
import { stageOf } from '../../fleet/fleet.ts';
import { redrive, type Redriven } from '../../operations/redrive.ts';
import { connect } from '../../operations/connection.ts';
import { readFleet, stateDirectory, type Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption, systemOption } from '../options.ts';
import { findSystems } from '../../operations/target.ts';

interface RedriveCommandOptions {
  config: string;
  stage: string;
  system: string[];
  includeNonRetryable: boolean;
  json: boolean;
}

interface Answer extends Redriven {
  system: string;
  queue: string;
}

export function redriveCommand({ clock, signal, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('redrive')
    .description(
      "send given-up and undelivered messages back to the subscriber's queue; what can never succeed stays " +
        'where it is. Safe to repeat',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option('--include-non-retryable', 'what can never succeed as well: once its reason is gone', false)
    .addOption(jsonOption())
    .action(async ({ config, stage, system, includeNonRetryable, json }: RedriveCommandOptions) => {
      const { fleet } = await readFleet(config);
      stageOf(fleet, stage);
      const { clients } = await connect({ stage, region: fleet.region, stateDirectory });
      const systems = await findSystems(clients, stage, system);
      const answers: Answer[] = [];
      for (const { system: name, queues } of systems) {
        for (const from of [queues.deadLetter, queues.undelivered]) {
          const options = { from: from.url, to: queues.customers.url, includeNonRetryable, clock, signal };
          const redriven = await redrive({ sqs: clients.sqs, ...options });
          answers.push({ system: name, queue: from.name, ...redriven });
          if (!json) for (const line of inWords(from.name, redriven)) output.answer(line);
        }
      }
      if (json) output.answer(JSON.stringify(answers));
      else if (answers.every(isNothing)) output.answer('nothing to redrive');
      done(exitCodes.passed);
    });
}

const isNothing = ({ moved, left }: Redriven): boolean => moved === 0 && Object.keys(left).length === 0;

const inWords = (queue: string, { moved, left }: Redriven): string[] => [
  ...(moved > 0 ? [`${queue}: ${moved} moved back`] : []),
  ...Object.entries(left).map(
    ([reason, count]) => `${queue}: ${count} left, since they can never succeed (${reason})`,
  ),
];
