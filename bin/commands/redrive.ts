import { Command } from 'commander';
import { notRedriven, redrivable, redriveSystems, type RedrivenQueue } from '../../operations/redrive.ts';
import type { Context } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { configOption, jsonOption, stageOption, systemOption } from '../options.ts';
import { reachPublished } from '../target.ts';

interface RedriveCommandOptions {
  config: string;
  stage: string;
  system: string[];
  includeNonRetryable: boolean;
  json: boolean;
}

export function redriveCommand({ clock, signal, output }: Context, done: (code: ExitCode) => void): Command {
  return new Command('redrive')
    .description(
      "send given-up and undelivered messages back to the subscriber's queue; those that can never succeed stay " +
        'where they are. Safe to repeat',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .addOption(systemOption())
    .option(
      '--include-non-retryable',
      'also those that can never succeed: for when the reason is gone',
      false,
    )
    .addOption(jsonOption())
    .action(async ({ config, stage, system, includeNonRetryable, json }: RedriveCommandOptions) => {
      const { connection, systems } = await reachPublished({ config, stage, system });
      const options = { sqs: connection.clients.sqs, includeNonRetryable, clock, signal };
      const answers: RedrivenQueue[] = [];
      for (const lack of systems.map(notRedriven)) if (lack !== null) output.progress(lack);
      try {
        await redriveSystems(systems.filter(redrivable), options, (redriven) => {
          answers.push(redriven);
          if (!json) for (const line of inWords(redriven)) output.answer(line);
        });
      } finally {
        if (json) output.answer(JSON.stringify(answers));
      }
      if (!json && answers.every(isNothing)) output.answer('nothing to redrive');
      done(exitCodes.passed);
    });
}

const isNothing = ({ moved, left }: RedrivenQueue): boolean => moved === 0 && Object.keys(left).length === 0;

const inWords = ({ queue, moved, left }: RedrivenQueue): string[] => [
  ...(moved > 0 ? [`${queue}: ${moved} moved back`] : []),
  ...Object.entries(left).map(
    ([reason, count]) => `${queue}: ${count} stay, since they can never succeed (${reason})`,
  ),
];
