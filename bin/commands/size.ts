import { Command, InvalidArgumentError } from 'commander';
import { formatSize } from '../../operations/size/formatSize.ts';
import { measureSizes } from '../../operations/size/measureSizes.ts';
import { UsageError } from '../../operations/errors.ts';
import { limits } from '../../monitoring/limits.ts';
import { newRunDirectory, type Context } from '../context.ts';
import { exitCodeOfSize } from '../exitCodeOf.ts';
import type { ExitCode } from '../exitCodes.ts';
import { configOption, factor, jsonOption, stageOption, wholeNumber } from '../options.ts';
import { reachSystems } from '../target.ts';

interface SizeCommandOptions {
  config: string;
  stage: string;
  system?: string;
  memory?: number[];
  rate?: number;
  hold: number;
  confirmProd?: string;
  json: boolean;
}

/** Parses `128,256,512`, for an option's value: sizes that Lambda takes. */
const sizesMiB = (text: string): number[] => {
  const sizes = text.split(',').map(wholeNumber(128, 10_240));
  if (new Set(sizes).size === sizes.length) return sizes;
  throw new InvalidArgumentError('expected every size once.');
};

/** @throws UsageError before anything is asked or touched, where sizes cannot be measured */
function refuseLocal(isLocal: boolean): void {
  if (!isLocal) return;
  throw new UsageError(
    "on this machine a function's memory is only a limit and brings no CPU with it as on AWS: whether a larger size is " +
      'faster or dearer cannot be measured here. Measure on AWS: headroom size --stage qa.',
  );
}

export function sizeCommand(context: Context, done: (code: ExitCode) => void): Command {
  return new Command('size')
    .description(
      "measure the API's function at several memory sizes under the same load, on AWS: which is cheapest, which " +
        'fastest, and which keeps 20 % in reserve',
    )
    .addOption(configOption())
    .addOption(stageOption())
    .option('--system <name>', 'the system to measure (default: the first; all have the same sizes)')
    .option('--memory <sizes>', 'in MiB, such as 256,512,1024; the present size is always included', sizesMiB)
    .option('--rate <calls>', 'calls a second, for all sizes together (default: the expected peak)', factor)
    .option('--hold <seconds>', 'how long the load lasts', wholeNumber(1, 3_600), limits.size.holdSeconds)
    .option('--confirm-prod <stage>', "the stage's name again, to measure production")
    .addOption(jsonOption())
    .action(async ({ memory, rate, hold, confirmProd, json, ...options }: SizeCommandOptions) => {
      const { stage, system } = options;
      refuseLocal(stage === 'local');
      if (stage === 'prod' && confirmProd !== stage) {
        throw new UsageError(
          'while a size is being published, callers of the API are served with its memory: for stage "prod" name it again ' +
            'with --confirm-prod, or measure "qa".',
        );
      }
      const target = await reachSystems({ ...options, system: system === undefined ? [] : [system] });
      refuseLocal(target.connection.place === 'local');
      const [measured] = target.systems;
      if (!measured) throw new UsageError(`stage "${stage}" has no system.`);
      const directory = newRunDirectory(context.clock, 'size');
      const record = await measureSizes(
        context,
        target,
        { system: measured, sizesMiB: memory, requestsPerSecond: rate, durationMs: hold * 1_000 },
        directory,
      );
      const { output } = context;
      output.answer(json ? JSON.stringify(record) : formatSize(record, output.width));
      output.progress(`record: ${directory}/size.json`);
      done(exitCodeOfSize(record));
    });
}
